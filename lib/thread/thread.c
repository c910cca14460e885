/* SPDX-License-Identifier: BSD-2-Clause */
#include "thread/thread.h"

#include <task/layout.h>
#include <task/slots.h>

#include "errors/errors.h"
#include "idl/rm.h"
#include "ipc/slots.h"
#include "l4sys/factory.h"
#include "l4sys/irq.h"
#include "l4sys/log.h"
#include "l4sys/task.h"
#include "l4sys/thread.h"
#include "loader/export.h"
#include "loader/loader.h"
#include "thread/self.h"
#include "thread/stack.h"
#include "thread/utcbs.h"

static struct thread main_thread = {.previous = &main_thread, .next = &main_thread};
static atomic_flag list_locked = ATOMIC_FLAG_INIT;
static const struct thread_tls *tls;

void thread_list_lock(void)
{
    while (atomic_flag_test_and_set(&list_locked))
        l4_sleep_us(100);
}

void thread_list_unlock(void)
{
    atomic_flag_clear(&list_locked);
}

static void set_name(struct thread *t, const char *name)
{
    unsigned i = 0;

    for (; name && name[i] && i < sizeof t->name - 1; i++)
        t->name[i] = name[i];
    t->name[i] = 0;
}

struct thread *thread_init_main(uint64_t stack_start, uint64_t stack_end, unsigned priority)
{
    struct thread *t = &main_thread;

    t->cap = TASK_CAP_THREAD;
    t->utcb = l4_utcb();
    t->stack_start = stack_start;
    t->stack_end = stack_end;
    t->priority = priority;
    set_name(t, "main");
    t->utcb->user[0] = (uint64_t)t;
    return t;
}

/** First function of every created thread, on its own stack. */
static void enter(void)
{
    struct thread *t = self();

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
    long error = l4_factory_create_semaphore(TASK_CAP_FACTORY, t->ended);
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

static void delete(l4_cap_t slot)
{
    if (slot) {
        l4_cap_delete(slot);
        slots_free(slot);
    }
}

/** Frees what a thread that is no more has left behind, its control block included. */
static void free_remains(struct thread *t)
{
    slots_free(t->cap);
    delete(t->ended);
    if (t->utcb)
        utcbs_free(t->utcb);
    stack_free(t->stack_start);
}

static void list_insert(struct thread *t)
{
    t->next = &main_thread;
    t->previous = main_thread.previous;
    t->previous->next = main_thread.previous = t;
}

static void list_remove(struct thread *t)
{
    t->previous->next = t->next;
    t->next->previous = t->previous;
}

/** Enters it into the list of all and lets it run, with its stack from below its control block. */
static long run(struct thread *t)
{
    uint64_t top = (uint64_t)t & ~63ull;
    long error = 0;

    if (tls) {
        top = (top - tls->size) & ~63ull;
        error = l4_thread_set_fs_base(t->cap, tls->init((void *)top));
    }
    thread_list_lock();
    list_insert(t);
    if (error >= 0)
        error = l4_scheduler_run(TASK_CAP_SCHEDULER, t->cap, t->priority);
    if (error >= 0)
        error = l4_thread_ex_regs(t->cap, (uint64_t)enter, top - 8, 0);
    if (error < 0)
        list_remove(t);
    thread_list_unlock();
    return error < 0 ? error : 0;
}

/** A stack with a control block at its top, filled from @request. */
static long prepare(const struct thread_request *request, struct thread **thread)
{
    uint64_t size = request->stack_size ? request->stack_size : task_info()->stack_default;
    uint64_t extra = sizeof(struct thread) + 64 + (tls ? tls->size + 64 : 0), start;
    if (size > TASK_ANY_AREA_END - TASK_ANY_AREA)
        return -ERR_ENOMEM;
    size = (size + extra + L4_PAGE_SIZE - 1) & L4_PAGE_MASK;
    long error = stack_alloc(size, &start);

    if (error)
        return error;
    struct thread *t = (struct thread *)((start + size - sizeof *t) & ~63ull);
    *t = (struct thread){
        .awaited = request->flags & THREAD_SYNC,
        .gate = main_thread.gate,
        .stack_start = start,
        .stack_end = start + size,
        .priority = request->priority ? request->priority : main_thread.priority,
        .entry = request->entry,
        .argument = request->argument,
    };
    set_name(t, request->name);
    *thread = t;
    return 0;
}

/** Waits for thread_started(). One that has ended without it is forgotten. */
static long wait_for_start(struct thread *t)
{
    long error = l4_semaphore_down(t->ended, L4_TIMEOUT_NEVER);

    if (error < 0 || !t->awaited)
        return error < 0 ? error : 0;
    thread_list_lock();
    list_remove(t);
    thread_list_unlock();
    free_remains(t);
    return -ERR_EDEAD;
}

EXPORT long thread_create(const struct thread_request *request, struct thread **thread)
{
    struct thread *t;

    if (!request->entry || request->priority > 255)
        return -ERR_EINVAL;
    long error = prepare(request, &t);
    if (error)
        return error;
    error = make(t);
    if (error >= 0)
        error = run(t);
    if (error < 0) {
        if (t->cap)
            l4_cap_delete(t->cap);
        free_remains(t);
        return error;
    }
    *thread = t;
    return request->flags & THREAD_SYNC ? wait_for_start(t) : 0;
}

EXPORT void thread_started(void *pointer)
{
    struct thread *t = self();

    t->handed = pointer;
    if (atomic_exchange(&t->awaited, false))
        l4_semaphore_up(t->ended);
}

EXPORT void *thread_startup_return(const struct thread *thread)
{
    return thread->handed;
}

EXPORT _Noreturn void thread_exit(void)
{
    struct thread *t = self();

    thread_list_lock();
    t->leaving = true;
    thread_list_unlock();
    exit_run(&t->at_exit);
    if (t == &main_thread)
        task_exit(0);
    for (;;) /* the region manager deletes this thread: no answer comes */
        rm_thread_remove(t->gate, t->cap, t->ended);
}

EXPORT void thread_on_exit(struct thread_exit_function *f)
{
    exit_push(&self()->at_exit, f);
}

static __attribute__((used, noreturn)) void leave_diverted(void)
{
    thread_exit();
}

/** Where a thread that is shut down goes on: below what its stack holds, red zone included. */
static __attribute__((naked, noreturn)) void divert(void)
{
    __asm__("sub $128, %rsp\n\t"
            "and $-16, %rsp\n\t"
            "cld\n\t"
            "call leave_diverted");
}

EXPORT long thread_shutdown(struct thread *thread)
{
    long error = 0;

    if (thread == self())
        thread_exit();
    thread_list_lock();
    if (!thread->leaving) {
        thread->leaving = true;
        error = l4_thread_ex_regs(thread->cap, (uint64_t)divert, ~0ull, L4_EX_REGS_CANCEL);
    }
    thread_list_unlock();
    return error < 0 ? error : 0;
}

EXPORT long thread_join(struct thread *thread)
{
    if (thread == &main_thread || thread == self())
        return -ERR_EINVAL;
    long error = l4_semaphore_down(thread->ended, L4_TIMEOUT_NEVER);
    if (error < 0)
        return error;
    thread_list_lock();
    list_remove(thread);
    thread_list_unlock();
    free_remains(thread);
    return 0;
}

EXPORT void thread_set_tls(const struct thread_tls *new_tls)
{
    tls = new_tls;
}

EXPORT struct thread *thread_next(struct thread *thread)
{
    thread_list_lock();
    struct thread *next = thread ? thread->next : &main_thread;
    thread_list_unlock();
    return thread && next == &main_thread ? NULL : next;
}
