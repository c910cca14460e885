/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include "l4sys/clock.h"
#include "l4sys/factory.h"
#include "l4sys/gate.h"
#include "l4sys/ipc.h"
#include "l4sys/irq.h"
#include "l4sys/log.h"
#include "l4sys/task.h"
#include "l4sys/thread.h"
#include <l4/kip.h>

/*
 * Harness of the conformance root task. A test is a function without arguments; the first CHECK
 * that fails ends it. All it makes lies in slots from cap_new(), which are deleted afterwards.
 */
#define CHECK(condition)                                                                  \
    do {                                                                                  \
        if (!(condition)) {                                                               \
            test_fail(__FILE__, __LINE__, #condition);                                    \
            return;                                                                       \
        }                                                                                 \
    } while (0)

#define CHECK_EQ(a, b)                                                                    \
    do {                                                                                  \
        long check_a = (long)(a), check_b = (long)(b);                                    \
        if (check_a != check_b) {                                                         \
            test_fail_values(__FILE__, __LINE__, #a " == " #b, check_a, check_b);         \
            return;                                                                       \
        }                                                                                 \
    } while (0)

struct test {
    const char *name;
    void (*run)(void);
};

/** Tests of one file; the list ends with a NULL name. */
extern const struct test ipc_tests[], reply_tests[], item_tests[], object_tests[], memory_tests[],
    irq_tests[], exception_tests[], quota_tests[], long_tests[], preempt_tests[],
    control_tests[], vcpu_tests[], vcpu_event_tests[], alien_tests[], trampoline_tests[],
    debugger_tests[], entry_tests[], request_tests[], space_tests[], fault_tests[], boot_tests[],
    review_tests[], bench_tests[];
/** Those that are run; the list ends with NULL. */
extern const struct test *const suites[];
/** With somebody at the serial line: run alone, if the command line asks for it. */
extern const struct test stop_tests[];

void test_fail(const char *file, int line, const char *what);
void test_fail_values(const char *file, int line, const char *what, long a, long b);
void print(const char *text);
void print_number(long value);

/** An empty capability slot. */
l4_cap_t cap_new(void);

#define MAIN_PRIORITY 100

/** A task and where its threads find their UTCBs. */
struct abi_task {
    l4_cap_t cap;
    unsigned threads;
};

/** The root task itself. */
extern struct abi_task own_task;

/**
 * Creates a task that shares this image (code, data and stacks at the same addresses); its slots
 * TASK_* are filled. False: it failed.
 */
bool task_new(struct abi_task *task);

enum { TASK_SELF = 0x1000, TASK_PAGER = 0x4000, TASK_LOG = 0x5000, TASK_SLOT = 0x20000 };

/** A thread at work on a function; when that returns it sleeps for ever. */
struct worker {
    l4_cap_t cap;
    void (*function)(struct worker *);
    void *argument;
    uint64_t utcb;          /* address in its task */
    volatile long result;
    volatile bool done;     /* the function has returned */
};

/**
 * Starts @function in a new thread of @task. Above MAIN_PRIORITY it runs until it blocks before
 * this returns.
 */
bool worker_start(struct worker *w, struct abi_task *task, void (*function)(struct worker *),
                  unsigned priority);
/** The same in two halves: created and bound with pager and handler, then run. */
bool worker_create(struct worker *w, struct abi_task *task);
bool worker_run(struct worker *w, void (*function)(struct worker *), unsigned priority);

/** Starts in a worker's function: ip and stack for ex_regs. */
uint64_t worker_entry(void);
uint64_t worker_stack(struct worker *w, void (*function)(struct worker *));

/** A page-aligned piece of RAM from sigma0 (64 KiB), the same in each test, zeroed. */
char *test_memory(void);
#define TEST_MEMORY_ORDER 16

const struct l4_kip *test_kip(void);

/** 2^@order bytes of RAM from sigma0, never given back. NULL: there are none. */
char *harness_ram(unsigned order);

/** Deletes all objects in slots from cap_new(); done after each test. */
void harness_reset(void);

/**
 * Has the kernel check its own invariants (request 0x702 of our kernel's debugger object, which
 * prints `audit: ok` or what is wrong). False: something is. A kernel without it is believed.
 */
bool kernel_audit(void);

/** The largest limit a sub-factory of @from can get: what is unused, to the byte. */
uint64_t rest_of(l4_cap_t from);

/** Sends @words words from the MRs through @cap, no answer wanted, waiting at most 50 ms. */
long send_words(l4_cap_t cap, unsigned words);
