/* SPDX-License-Identifier: BSD-2-Clause */
#include "ends.h"

#include "account.h"
#include "control.h"
#include "entry.h"
#include "errors/errors.h"
#include "idl/dm.h"
#include "idl/loader.h"
#include "idl/loader_control.h"
#include "idl/ts_control.h"
#include "opening.h"
#include "pager.h"
#include "report.h"
#include "server/server.h"
#include "service.h"

enum { WAITERS = 256, ENDED_KEPT = 48 };

/** Somebody who waits for the end of a task. */
struct waiter {
    struct ipc_later later;
    uint64_t deadline_us;
    uint32_t id;
    uint32_t account; /* who waits, or has opened the task */
    bool busy;
    bool control; /* by loader_control.wait, else loader.wait */
};

static struct waiter waiters[WAITERS];
static _Atomic bool badly_ended;

/* ---- who waits ---- */

/**
 * Answers @waiter: how @task is now; null: it is forgotten, or there is no time left at
 * loader.wait.
 */
static void answer(struct waiter *waiter, const struct task *task)
{
    waiter->busy = false;
    if (!task)
        ipc_later_fail(&service_server, &waiter->later, -ERR_EAGAIN);
    else if (waiter->control)
        loader_control_wait_reply(&service_server, &waiter->later, 0, control_state(task),
                                  task->code);
    else
        loader_wait_reply(&service_server, &waiter->later, 0, task->end, task->code);
}

static void set_deadline(struct ipc_server *server)
{
    server->deadline_us = 0;
    for (unsigned i = 0; i < WAITERS; i++)
        if (waiters[i].busy
            && (!server->deadline_us || waiters[i].deadline_us < server->deadline_us))
            server->deadline_us = waiters[i].deadline_us;
}

/** A free entry for @account, *@waiter. */
static long alloc(uint32_t account, struct waiter **waiter)
{
    struct account_share share = {.total = WAITERS};

    for (unsigned i = 0; i < WAITERS; i++) {
        if (!waiters[i].busy) {
            *waiter = &waiters[i];
            continue;
        }
        share.used++;
        share.own += waiters[i].account == account;
    }
    return account_check(&share);
}

/** Who waits for @task: the client itself, or by the task's control whoever opened it. */
static long wait_for(struct ipc_call *call, const struct task *task, uint64_t timeout_us,
                     struct waiter wish)
{
    struct waiter *w = NULL;
    long error = alloc(wish.account, &w);

    if (!error)
        error = ipc_defer(call, &wish.later);
    if (error < 0)
        return error;
    uint64_t now = server_clock_us();
    wish.deadline_us = timeout_us < UINT64_MAX - now ? now + timeout_us : UINT64_MAX;
    wish.id = task->id;
    wish.busy = true;
    *w = wish;
    set_deadline(call->server);
    return IPC_LATER;
}

long end_wait(struct ipc_call *call, const struct task *task, uint64_t timeout_us)
{
    return wait_for(call, task, timeout_us, (struct waiter){.account = account_of(call)});
}

long end_wait_control(struct ipc_call *call, const struct task *task, uint64_t timeout_us)
{
    return wait_for(call, task, timeout_us,
                    (struct waiter){.account = task->account, .control = true});
}

void end_tick(struct ipc_server *server)
{
    uint64_t now = server_clock_us();

    for (unsigned i = 0; i < WAITERS; i++) {
        struct waiter *w = &waiters[i];
        if (w->busy && w->deadline_us <= now)
            answer(w, w->control ? task_find(w->id) : NULL);
    }
    set_deadline(server);
}

static void tell_waiters(const struct task *task)
{
    for (unsigned i = 0; i < WAITERS; i++)
        if (waiters[i].busy && waiters[i].id == task->id)
            answer(&waiters[i], task);
    set_deadline(&service_server);
}

void end_forget_waiters(const struct task *task)
{
    for (unsigned i = 0; i < WAITERS; i++)
        if (waiters[i].busy && waiters[i].control && waiters[i].id == task->id)
            answer(&waiters[i], task);
    set_deadline(&service_server);
}

/* ---- the end ---- */

void end_forget_oldest(void)
{
    for (;;) {
        struct task *oldest = NULL;
        unsigned count = 0;

        for (unsigned i = 0; i < TASKS; i++) {
            struct task *t = task_at(i);
            if (atomic_load(&t->state) != TASK_ENDED || t->owner || opening_holds(t))
                continue;
            count++;
            if (!oldest || t->id < oldest->id)
                oldest = t;
        }
        if (count <= ENDED_KEPT)
            return;
        task_free(oldest);
    }
}

/** The task is no more: notes its account, reports, gives everything back. */
static void finish(struct task *task)
{
    uint64_t limit, used, shared;
    uint32_t dataspaces;

    if (dm_info(task->dm, &limit, &used, &task->private_bytes, &shared, &dataspaces) < 0)
        task->private_bytes = 0;
    report_end(task);
    pager_remove(task);
    entry_destroy(&service_server, task);
    task_release(task);
    times_end(task);
    if (atomic_load(&task->fault.happened))
        task->end = LOADER_STATE_FAULT;
    if (task->end != LOADER_STATE_EXITED || task->code != 0)
        atomic_store(&badly_ended, true);
    atomic_store(&task->state, TASK_ENDED);
    tell_waiters(task);
    end_forget_oldest();
}

void end_check(struct task *task)
{
    if (atomic_load(&task->state) != TASK_STARTED)
        return;
    if (atomic_load(&task->fault.happened) && !task->fault.reported) {
        task->fault.reported = true;
        report_fault(task);
        ts_control_kill(task->control);
    }
    if (ts_control_status(task->control, &task->end, &task->code) < 0)
        task->end = TS_CONTROL_KILLED;
    if (task->end != TS_CONTROL_RUNNING)
        finish(task);
}

void end_kill(struct task *task)
{
    if (atomic_load(&task->state) != TASK_STARTED)
        return;
    ts_control_kill(task->control);
    end_check(task);
}

bool end_all_well(void)
{
    return !atomic_load(&badly_ended);
}
