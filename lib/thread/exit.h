/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

/* A thread's exit functions: a list whose elements belong to who registers them. No IPC. */

/** An exit function; must stay until it has run. */
struct thread_exit_function {
    void (*run)(void *argument);
    void *argument;
    struct thread_exit_function *next; /* of this file */
};

/** Puts @f in front of @list. */
void exit_push(struct thread_exit_function **list, struct thread_exit_function *f);

/**
 * Runs all of @list, last in first out. Each is taken out before it runs: one that ends the thread
 * itself runs once, and one that is registered meanwhile runs, too.
 */
void exit_run(struct thread_exit_function **list);
