/* SPDX-License-Identifier: BSD-2-Clause */
#include "fetch.h"

#include <task/layout.h>
#include <task/slots.h>

#include "errors/errors.h"
#include "idl/fprov.h"
#include "l4sys/factory.h"
#include "l4sys/irq.h"
#include "l4sys/log.h"
#include "l4sys/thread.h"

enum { STACK_SIZE = 16 * 1024 };

static struct fetch jobs[FETCH_JOBS];
static l4_cap_t work; /* kernel semaphore: one unit a job that was asked for */
static struct ipc_object *finished;
static void (*job_done)(struct fetch *job);
static _Alignas(16) unsigned char stacks[FETCH_WORKERS][STACK_SIZE];

/*
 * World of a worker: no libc (it has no thread-local storage), only IPC stubs and the job.
 */
static void run_job(struct fetch *job)
{
    job->result = -ERR_ENOFILE;
    for (job->found = 0; job->found < job->name_count; job->found++) {
        job->result = fprov_open(job->provider, job->names[job->found], TASK_CAP_DM, &job->size,
                                 job->dataspace);
        if (job->result != -ERR_ENOFILE)
            return;
    }
}

static struct fetch *take_job(void)
{
    for (unsigned i = 0; i < FETCH_JOBS; i++) {
        int asked = FETCH_ASKED;
        if (atomic_compare_exchange_strong(&jobs[i].state, &asked, FETCH_RUNNING))
            return &jobs[i];
    }
    return NULL;
}

static void worker(void)
{
    for (;;) {
        l4_semaphore_down(work, L4_TIMEOUT_NEVER);
        struct fetch *job = take_job();
        if (!job)
            continue;
        run_job(job);
        atomic_store(&job->state, FETCH_DONE);
        l4_irq_trigger(finished->gate);
    }
}

/** On the linking thread: some jobs are done. */
static void interrupt(struct ipc_server *server, struct ipc_object *object)
{
    (void)server;
    (void)object;
    for (unsigned i = 0; i < FETCH_JOBS; i++) {
        if (atomic_load(&jobs[i].state) != FETCH_DONE)
            continue;
        job_done(&jobs[i]);
        slots_release(jobs[i].dataspace);
        atomic_store(&jobs[i].state, FETCH_IDLE);
    }
}

static const struct ipc_kind finished_kind = {.name = "fetched", .interrupt = interrupt};

static long start_worker(unsigned number)
{
    l4_cap_t thread = slots_alloc();
    struct l4_thread_control control = {
        .pager = TASK_CAP_PAGER,
        .exc_handler = TASK_CAP_EXCEPTION,
        .task = TASK_CAP_TASK,
        .utcb = TASK_UTCBS + (1 + number) * L4_UTCB_SIZE,
    };

    if (!thread)
        return -ERR_ENOMEM;
    long error = l4_factory_create_thread(TASK_CAP_FACTORY, thread);
    if (error >= 0)
        error = l4_thread_control(thread, &control);
    if (error < 0)
        return error;
    l4_debugger_set_name(TASK_CAP_DEBUGGER, thread, "exec fetch");
    error = l4_scheduler_run(TASK_CAP_SCHEDULER, thread, 100);
    if (error >= 0)
        error = l4_thread_ex_regs(thread, (uint64_t)worker,
                                  (uint64_t)stacks[number] + STACK_SIZE - 8, 0);
    return error;
}

long fetch_init(struct ipc_server *server, void (*done)(struct fetch *job))
{
    job_done = done;
    work = slots_alloc();
    if (!work)
        return -ERR_ENOMEM;
    long error = l4_factory_create_semaphore(TASK_CAP_FACTORY, work);
    if (error >= 0)
        error = ipc_irq_create(server, &finished_kind, NULL, &finished);
    for (unsigned i = 0; error >= 0 && i < FETCH_WORKERS; i++)
        error = start_worker(i);
    return error < 0 ? error : 0;
}

struct fetch *fetch_alloc(void)
{
    for (unsigned i = 0; i < FETCH_JOBS; i++) {
        if (atomic_load(&jobs[i].state) != FETCH_IDLE)
            continue;
        jobs[i].dataspace = slots_alloc();
        jobs[i].name_count = 0;
        return jobs[i].dataspace ? &jobs[i] : NULL;
    }
    return NULL;
}

void fetch_ask(struct fetch *job)
{
    atomic_store(&job->state, FETCH_ASKED);
    l4_semaphore_up(work);
}
