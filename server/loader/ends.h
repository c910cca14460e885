/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include "task.h"

/* The end of tasks: by themselves, by a fault, by kill; and who waits for it. Service thread. */

/**
 * Looks what has happened to @task: reports a fault, notes its end, tells who waits, gives all
 * back.
 */
void end_check(struct task *task);

/** Ends @task, if it is started and has not ended; on return it has. */
void end_kill(struct task *task);

/**
 * Answers @call, of loader.wait or of loader_control.wait, at the end of @task or in @timeout_us.
 * IPC_LATER; errors of account_check(): too many wait.
 */
long end_wait(struct ipc_call *call, const struct task *task, uint64_t timeout_us);
long end_wait_control(struct ipc_call *call, const struct task *task, uint64_t timeout_us);

/** Time has passed (tick() of the server): answers those who do not wait any longer. */
void end_tick(struct ipc_server *server);

/** Nobody holds the control of @task any more: nobody waits with it either. */
void end_forget_waiters(const struct task *task);

/** How tasks have ended is remembered of the last only, and while somebody holds their control. */
void end_forget_oldest(void);

/** True if every task that has ended has ended by itself with code 0. Any thread. */
bool end_all_well(void);
