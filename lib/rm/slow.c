/* SPDX-License-Identifier: BSD-2-Clause */
#include "rm/slow.h"

#include <stdatomic.h>

#include "errors/errors.h"
#include "idl/dm.h"
#include "l4sys/factory.h"
#include "l4sys/irq.h"
#include "l4sys/log.h"
#include "l4sys/task.h"
#include "l4sys/thread.h"
#include "thread/utcbs.h"

enum { STACK = 4096 };

/* A job goes free -> waiting -> running -> done -> free; a helper moves it to running and done. */
enum { FREE, WAITING, DONE, RUNNING /* and above: plus the number of the helper */ };

/** One fault. Its region is a copy: the table may move, and the region be gone. */
struct job {
    _Atomic int state;
    struct ipc_later later;
    struct region region;
    struct rm_pages pages;
    long result;
};

/** Memory that comes with the first slow fault. */
struct memory {
    struct job jobs[RM_SLOW_FAULTS];
    _Alignas(16) unsigned char stacks[RM_SLOW_HELPERS][STACK];
};

static struct memory *memory;
static struct l4_utcb *utcbs[RM_SLOW_HELPERS];
static l4_cap_t helpers[RM_SLOW_HELPERS];
static unsigned helper_count;
static l4_cap_t work; /* kernel semaphore: a unit a job that waits */
static struct ipc_object *finished;

void rm_slow_prepare(void)
{
    for (unsigned i = 0; i < RM_SLOW_HELPERS; i++)
        utcbs[i] = utcbs_alloc(); /* later that could wait for a lock of other threads */
}

bool rm_slow_is(l4_cap_t dataspace)
{
    uint64_t size;

    return dm_check(TASK_CAP_DM, dataspace, &size) == -ERR_EFOREIGN;
}

/* World of a helper: IPC stubs and the job; the region manager may stop it anywhere. */

static unsigned self(void)
{
    unsigned me = 0;

    while (me < RM_SLOW_HELPERS - 1 && utcbs[me] != l4_utcb())
        me++;
    return me;
}

static struct job *take(unsigned me)
{
    for (unsigned i = 0; i < RM_SLOW_FAULTS; i++) {
        int waiting = WAITING;
        if (atomic_compare_exchange_strong(&memory->jobs[i].state, &waiting, RUNNING + (int)me))
            return &memory->jobs[i];
    }
    return NULL;
}

static void help(void)
{
    unsigned me = self();

    for (;;) {
        l4_semaphore_down(work, L4_TIMEOUT_NEVER);
        struct job *job = take(me);
        if (!job)
            continue;
        job->result = rm_map(&job->region, job->pages.offset, job->pages.size, job->pages.rights);
        atomic_store(&job->state, DONE);
        l4_irq_trigger(finished->gate);
    }
}

/* World of the region manager's thread from here on. */

/** Answers the fault; the page is there, or a negative @result makes it an exception. */
static void answer(struct job *job, long result)
{
    ipc_later_foreign(&region_manager.server, &job->later,
                      l4_msgtag(result < 0 ? result : 0, 0, 0, 0));
    atomic_store(&job->state, FREE);
}

static void interrupt(struct ipc_server *server, struct ipc_object *object)
{
    (void)server, (void)object;
    for (unsigned i = 0; i < RM_SLOW_FAULTS; i++)
        if (atomic_load(&memory->jobs[i].state) == DONE)
            answer(&memory->jobs[i], memory->jobs[i].result);
}

static const struct ipc_kind finished_kind = {.name = "slow", .interrupt = interrupt};

static long start_helper(unsigned i)
{
    struct l4_thread_control control = {
        .pager = TASK_CAP_PAGER,
        .exc_handler = TASK_CAP_EXCEPTION,
        .task = TASK_CAP_TASK,
        .utcb = (uint64_t)utcbs[i],
    };
    l4_cap_t thread = utcbs[i] ? slots_alloc() : 0;

    if (!thread)
        return -ERR_ENOMEM;
    long error = l4_factory_create_thread(TASK_CAP_FACTORY, thread);
    if (error >= 0) {
        l4_debugger_set_name(TASK_CAP_DEBUGGER, thread, "rm slow");
        error = l4_thread_control(thread, &control);
    }
    if (error >= 0)
        error = l4_scheduler_run(TASK_CAP_SCHEDULER, thread, region_manager.info->mcp);
    if (error >= 0)
        error = l4_thread_ex_regs(thread, (uint64_t)help,
                                  (uint64_t)(memory->stacks[i] + STACK - 8), 0);
    if (error < 0) {
        l4_cap_delete(thread);
        slots_free(thread);
        return error;
    }
    helpers[i] = thread;
    helper_count = i + 1;
    return 0;
}

static long make_semaphore(void)
{
    if (!work)
        work = slots_alloc();
    if (!work)
        return -ERR_ENOMEM;
    return l4_cap_valid(work) ? 0 : l4_factory_create_semaphore(TASK_CAP_FACTORY, work);
}

/** Everything for the first slow fault that is not there yet. */
static long begin(void)
{
    void *start = memory;
    long error = make_semaphore();

    if (error >= 0 && !finished)
        error = ipc_irq_create(&region_manager.server, &finished_kind, NULL, &finished);
    if (error >= 0 && !memory)
        error = rm_make_room(&region_manager);
    if (error >= 0 && !memory)
        error = rm_own_memory(&region_manager, sizeof *memory, &start);
    if (error < 0)
        return error;
    memory = start;
    return helper_count ? 0 : start_helper(0);
}

/** A free job, or null; *@busy: how many are not. */
static struct job *find_job(unsigned *busy)
{
    struct job *job = NULL;

    *busy = 0;
    for (unsigned i = 0; i < RM_SLOW_FAULTS; i++) {
        if (atomic_load(&memory->jobs[i].state) == FREE)
            job = &memory->jobs[i];
        else
            (*busy)++;
    }
    return job;
}

long rm_slow_fault(struct ipc_call *call, const struct rm_pages *pages)
{
    struct region region = *pages->region; /* begin() may move the table */
    unsigned busy;
    long error = begin();

    if (error < 0)
        return error;
    struct job *job = find_job(&busy);
    if (!job || ipc_defer(call, &job->later))
        return 0;
    if (busy >= helper_count && helper_count < RM_SLOW_HELPERS)
        start_helper(helper_count); /* if it cannot be, those that are there will do */
    job->region = region;
    job->pages = *pages;
    atomic_store(&job->state, WAITING);
    l4_semaphore_up(work);
    return IPC_LATER;
}

void rm_slow_forget(const struct region *region)
{
    for (unsigned i = 0; memory && i < RM_SLOW_FAULTS; i++) {
        struct job *job = &memory->jobs[i];
        int state = atomic_load(&job->state);
        if (state == FREE || job->region.start != region->start)
            continue;
        while (!atomic_compare_exchange_strong(&job->state, &state, DONE))
            ;
        if (state >= RUNNING)
            l4_thread_ex_regs(helpers[state - RUNNING], (uint64_t)help,
                              (uint64_t)(memory->stacks[state - RUNNING] + STACK - 8),
                              L4_EX_REGS_CANCEL);
        answer(job, 0);
    }
}
