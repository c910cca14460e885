/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdatomic.h>
#include <stdio.h>

#include "../opener.h"
#include "../service.h"
#include "idl/loader.h"
#include "idl/loader_control.h"
#include "killer.h"
#include "l4sys/ipc.h"
#include "thread/thread.h"

/*
 * Killed while it is dying: the victim has much memory, so that simple_ts takes a while to delete
 * it, and a second killer, or one after its own exit, comes in between. Whether simple_ts is at it
 * is seen from outside: it takes no message then.
 */

/** The second killer: waits for a tick. */
static struct {
    _Atomic bool go, done;
    const struct opened *task;
    long result;
    bool dying; /* simple_ts was at it */
} second;

static l4_cap_t ts;

static void kill_second(void *argument)
{
    (void)argument;
    while (!atomic_load(&second.go))
        l4_sleep_us(1);
    l4_sleep_us(1); /* until the tick; it was ready to run when the first one blocked */
    second.dying = is_busy(ts);
    second.result = loader_control_kill(second.task->control);
    atomic_store(&second.done, true);
}

static bool open_large(struct opened *task, const char *way)
{
    long error = opened_open(task, "t_victim", way, 0);

    if (error)
        wrong("not opened", (unsigned)-error);
    return !error;
}

/**
 * Kills @task; another thread does, too, at the next tick, @us later. True if it was dying then.
 */
static bool kill_twice(struct opened *task, unsigned us)
{
    struct thread_request request = {.name = "second", .entry = kill_second, .priority = 250};
    struct thread *thread;

    second.task = task;
    second.dying = false;
    atomic_store(&second.done, false);
    atomic_store(&second.go, false);
    if (thread_create(&request, &thread)) {
        wrong("no thread", us);
        return false;
    }
    come_before_tick(us);
    atomic_store(&second.go, true);
    long first = loader_control_kill(task->control);
    thread_join(thread);
    if ((first != 0) + (second.result != 0) != 1 || first + second.result != -ERR_EDEAD)
        wrong("two kills", us);
    if (!opened_wait(task, 10) || task->state != LOADER_STATE_KILLED)
        wrong("state", task->state);
    return second.dying;
}

static void two_killers(void)
{
    struct opened task;
    unsigned tries = 0, dying = 0;

    for (unsigned us = 50; us < 1000; us += 75, tries++) {
        if (!open_large(&task, "large"))
            break;
        l4_sleep_us(100000);
        dying += kill_twice(&task, us);
        opened_close(&task);
    }
    printf("two-killers: %u of %u while it was dying\n", dying, tries);
    if (dying < 3)
        wrong("too few", dying);
    finish("two-killers");
}

/** Waits until simple_ts is deleting something, at most 2 s. */
static bool wait_for_death(void)
{
    for (unsigned i = 0; i < 2000; i++) {
        l4_sleep_us(1);
        if (is_busy(ts))
            return true;
    }
    return false;
}

/** It ends by itself, and is killed before the loader has heard of that. */
static void kill_exiting(void)
{
    struct opened task;
    unsigned tries = 8, dying = 0;

    for (unsigned i = 0; i < tries; i++) {
        if (!open_large(&task, "leave"))
            break;
        dying += wait_for_death();
        long killed = loader_control_kill(task.control);
        if (!opened_wait(&task, 10) || (killed && killed != -ERR_EDEAD)
            || !(task.state == LOADER_STATE_EXITED ? task.code == 5
                                                   : task.state == LOADER_STATE_KILLED))
            wrong("its own end", task.state);
        opened_close(&task);
    }
    printf("exiting: %u of %u while it was dying\n", dying, tries);
    if (dying < 3)
        wrong("too few", dying);
    finish("exiting");
}

void dying(void)
{
    if (!ts)
        ts = service("SIMPLE_TS");
    two_killers();
    kill_exiting();
}
