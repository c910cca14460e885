/* SPDX-License-Identifier: BSD-2-Clause */
#include "thread/thread.h"

#include <task/slots.h>

#include "errors/errors.h"
#include "idl/dm.h"
#include "idl/rm.h"
#include "ipc/slots.h"
#include "l4sys/factory.h"
#include "l4sys/irq.h"
#include "l4sys/log.h"
#include "l4sys/task.h"
#include "l4sys/thread.h"
#include "loader/export.h"
#include "loader/loader.h"
#include "rm/region.h"
#include "thread/self.h"
#include "thread/utcbs.h"

static struct thread threads[THREAD_MAX]; /* [0] is the main thread */
static const struct thread_tls *tls;

static void set_name(struct thread *t, const char *name)
{
    unsigned i = 0;

    for (; name && name[i] && i < sizeof t->name - 1; i++)
        t->name[i] = name[i];
    t->name[i] = 0;
}

struct thread *thread_init_main(uint64_t stack_start, uint64_t stack_end, unsigned priority)
{
    struct thread *t = &threads[0];

    t->state = THREAD_USED;
    t->cap = TASK_CAP_THREAD;
    t->utcb = l4_utcb();
    t->stack_start = stack_start;
    t->stack_end = stack_end;
    t->priority = priority;
    set_name(t, "main");
    t->utcb->user[0] = (uint64_t)t;
    return t;
}

static struct thread *alloc_block(void)
{
    for (unsigned i = 1; i < THREAD_MAX; i++) {
        int free = THREAD_FREE;
        if (atomic_compare_exchange_strong(&threads[i].state, &free, THREAD_USED))
            return &threads[i];
    }
    return NULL;
}

/** Attaches a new stack of @size bytes with a guard page below that nothing else can get. */
static long alloc_stack(struct thread *t, uint64_t size)
{
    struct region_attachment stack = {
        .size = (size + L4_PAGE_SIZE - 1) & L4_PAGE_MASK,
        .dataspace = slots_alloc(),
        .rights = L4_FPAGE_RW,
        .flags = REGION_ANYWHERE,
    };

    if (!stack.dataspace)
        return -ERR_ENOMEM;
    long error = dm_open(TASK_CAP_DM, stack.size, 0, "stack", stack.dataspace);
    if (!error)
        error = region_attach(&stack);
    if (error) {
        slots_release(stack.dataspace);
        return error;
    }
    struct region_attachment guard = {
        .start = stack.start - L4_PAGE_SIZE,
        .size = L4_PAGE_SIZE,
        .flags = REGION_RESERVE,
    };
    t->stack_start = stack.start;
    t->stack_end = stack.start + stack.size;
    return region_attach(&guard);
}

static void free_stack(struct thread *t)
{
    if (t->stack_start) {
        region_free((void *)t->stack_start);
        region_detach((void *)(t->stack_start - L4_PAGE_SIZE), NULL);
    }
}

/** First function of every created thread, on its own stack. */
static void enter(void)
{
    struct thread *t = self();

    if (t->fs_base)
        l4_thread_set_fs_base(L4_INVALID_CAP, t->fs_base);
    t->entry(t->argument);
    thread_exit();
}

/** Makes the kernel object and everything it needs to run; *@t keeps what there is so far. */
static long make(struct thread *t)
{
    t->cap = slots_alloc();
    t->ended = slots_alloc();
    t->utcb = utcbs_alloc();
    if (!t->cap || !t->ended || !t->utcb)
        return -ERR_ENOMEM;
    long error = rm_thread_add(self()->gate, &t->gate);
    if (error >= 0)
        error = l4_factory_create_semaphore(TASK_CAP_FACTORY, t->ended);
    if (error >= 0)
        error = l4_factory_create_thread(TASK_CAP_FACTORY, t->cap);
    if (error < 0)
        return error;
    struct l4_thread_control control = {
        .pager = t->gate,
        .exc_handler = TASK_CAP_EXCEPTION,
        .task = TASK_CAP_TASK,
        .utcb = (uint64_t)t->utcb,
    };
    t->utcb->user[0] = (uint64_t)t;
    l4_debugger_set_name(TASK_CAP_DEBUGGER, t->cap, t->name);
    return l4_thread_control(t->cap, &control);
}

/** Undoes make() and alloc_stack() of a thread that never ran. */
static void unmake(struct thread *t)
{
    free_stack(t);
    if (t->gate)
        rm_thread_remove(self()->gate, t->gate, t->cap, 0, 0);
    else
        slots_free(t->cap);
    if (t->ended) {
        l4_cap_delete(t->ended);
        slots_free(t->ended);
    }
    if (t->utcb && t->utcb->free_marker)
        utcbs_free(t->utcb);
    atomic_store(&t->state, THREAD_FREE);
}

static long run(struct thread *t)
{
    uint64_t top = t->stack_end;

    if (tls) {
        top = (top - tls->size) & ~63ull;
        t->fs_base = tls->init((void *)top);
    }
    long error = l4_scheduler_run(TASK_CAP_SCHEDULER, t->cap, t->priority);
    if (error >= 0)
        error = l4_thread_ex_regs(t->cap, (uint64_t)enter, (top & ~15ull) - 8, 0);
    return error < 0 ? error : 0;
}

EXPORT long thread_create(const struct thread_request *request, struct thread **thread)
{
    if (!request->entry || request->priority > 255)
        return -ERR_EINVAL;
    struct thread *t = alloc_block();
    if (!t)
        return -ERR_ETOOMANY;
    uint64_t size = request->stack_size ? request->stack_size : task_info()->stack_default;

    t->cap = t->gate = t->ended = 0;
    t->utcb = NULL;
    t->stack_start = t->fs_base = 0;
    t->priority = request->priority ? request->priority : threads[0].priority;
    t->entry = request->entry;
    t->argument = request->argument;
    set_name(t, request->name);
    long error = make(t);
    if (error >= 0)
        error = alloc_stack(t, size + (tls ? tls->size : 0));
    if (error >= 0)
        error = run(t);
    if (error < 0) {
        unmake(t);
        return error;
    }
    *thread = t;
    return 0;
}

EXPORT _Noreturn void thread_exit(void)
{
    struct thread *t = self();

    if (t == &threads[0])
        task_exit(0);
    for (;;) /* the region manager deletes this thread and its stack: no answer comes */
        rm_thread_remove(t->gate, t->gate, t->cap, t->stack_start, t->ended);
}

EXPORT long thread_join(struct thread *thread)
{
    if (thread == &threads[0] || thread == self())
        return -ERR_EINVAL;
    long error = l4_semaphore_down(thread->ended, L4_TIMEOUT_NEVER);
    if (error < 0)
        return error;
    l4_cap_delete(thread->ended);
    slots_free(thread->ended);
    atomic_store(&thread->state, THREAD_FREE);
    return 0;
}

EXPORT struct thread *thread_self(void)
{
    return self();
}

EXPORT void thread_describe(const struct thread *thread, struct thread_info *info)
{
    *info = (struct thread_info){
        .priority = thread->priority,
        .stack_start = thread->stack_start,
        .stack_end = thread->stack_end,
        .cap = thread->cap,
    };
    for (unsigned i = 0; i < sizeof info->name; i++)
        info->name[i] = thread->name[i];
}

EXPORT struct thread *thread_next(struct thread *thread)
{
    for (unsigned i = thread ? (unsigned)(thread - threads) + 1 : 0; i < THREAD_MAX; i++)
        if (atomic_load(&threads[i].state) == THREAD_USED)
            return &threads[i];
    return NULL;
}

EXPORT void thread_sleep_us(uint64_t us)
{
    l4_sleep_us(us);
}

EXPORT void thread_set_tls(const struct thread_tls *new_tls)
{
    tls = new_tls;
}
