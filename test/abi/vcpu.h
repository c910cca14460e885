/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include "abi.h"
#include "l4sys/vcpu.h"

/*
 * A vCPU of the tests is a worker of our own task; its user task shares our image, so that the
 * pieces of code below can run there.
 */
struct host {
    struct worker worker;
    struct abi_task user;
    struct l4_vcpu *area;
};

extern struct host host;

enum { USER_STATE = L4_VCPU_F_USER_MODE | L4_VCPU_F_FPU_ENABLED };

/** For functions of the worker, which run as the vCPU: what is wrong ends them. */
#define EXPECT(condition)                \
    do {                                 \
        if (!(condition)) {              \
            self->result = __LINE__;     \
            return;                      \
        }                                \
    } while (0)

#define EXPECT_EQ(a, b)                                        \
    do {                                                       \
        long expect_a = (long)(a), expect_b = (long)(b);       \
        if (expect_a != expect_b) {                            \
            host_note(expect_a, expect_b);                     \
            self->result = __LINE__;                           \
            return;                                            \
        }                                                      \
    } while (0)

/** Keeps two values that differ, for the message. */
void host_note(long a, long b);

/** Starts @function as a vCPU with a user task, at MAIN_PRIORITY + 1. */
bool host_start(void (*function)(struct worker *));

/** The same in two halves. */
bool host_create(void);
bool host_run(void (*function)(struct worker *), unsigned priority);

/** Starts it at MAIN_PRIORITY - 1. */
bool host_start_below(void (*function)(struct worker *));

/** Gives others time until @condition holds; they may be slow. */
#define WAIT_FOR(condition)                                \
    do {                                                   \
        for (unsigned i = 0; i < 500 && !(condition); i++) \
            l4_sleep_us(1000);                             \
        CHECK(condition);                                  \
    } while (0)

#define IN_USER_MODE (*(volatile uint16_t *)&host.area->state == (USER_STATE | 7))

/** The whole test: @function must run to its end and find nothing wrong. */
#define HOST(function)                                                    \
    do {                                                                  \
        CHECK(host_start(function));                                      \
        CHECK(host_ended(__FILE__));                                      \
    } while (0)

/** True if the function is through; says what was wrong if something was. */
bool host_ended(const char *file);

/** Prepares user mode at @ip. */
void user_at(const void *ip);

/** Runs it there until something happens; the trap number, or a negative error. */
long user_run(const void *ip);

/** The same where it is. */
long user_go(void);

/** Pieces of user code. */
extern char user_call[], user_call_end[], user_loop[], user_undefined[], user_read[], user_write[],
    user_port[], user_divide[], user_break[], user_sse[], user_load_selectors[], user_segments[],
    user_nops[];
