/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <task/slots.h>

#include "fuzz.h"
#include "idl/names.h"
#include "l4sys/task.h"
#include "loader/loader.h"
#include "thread/thread.h"

/*
 * t_fuzz SEED COUNT [rm]: a task that sends COUNT messages to everybody it can reach, three threads
 * at a time, with nothing but what every task has. With rm its own region manager is among them.
 */

enum { THREADS = 3 };

#define WINDOWS 0x5f0000000000ull /* nothing of a task lies there */

static const char *const names[] = {
    "t_true",  "t_true", "libc.so", "libloader.so", "small.cfg", "DM_PHYS", "NAMES", "NOBODY", "/",
    "../t_true", "t_true code=3", "(nd)/x", "", "'", "\"a b\" c", NULL};

static struct fuzz fuzzers[THREADS];
static unsigned steps;

static void add_service(struct fuzz *f, const char *name, const char *interface)
{
    l4_cap_t slot = task_slot();

    if (names_query(TASK_CAP_NAMES, name, 0, slot) == 0)
        fuzz_add(f, interface, slot);
}

static void begin(struct fuzz *f, unsigned thread, uint64_t seed, bool rm)
{
    f->state = (seed + 1) * 0x9e3779b97f4a7c15ull + thread;
    f->thread = thread;
    f->names = names;
    f->patient = thread > 0;
    f->window = WINDOWS + ((uint64_t)thread << FUZZ_WINDOW_ORDER);
    fuzz_add(f, "names", TASK_CAP_NAMES);
    fuzz_add(f, "dm", TASK_CAP_DM);
    fuzz_add(f, "ts_self", TASK_CAP_TS);
    fuzz_add(f, "fprov", TASK_CAP_FPROV);
    fuzz_add(f, "exec_task", TASK_CAP_EXEC);
    fuzz_add(f, "loader_task", TASK_CAP_LOADER);
    fuzz_add(f, "dataspace", TASK_CAP_PLACEMENT);
    fuzz_add(f, "log_session", TASK_CAP_LOG);
    fuzz_add(f, "pager", TASK_CAP_PAGER);
    fuzz_add(f, "exception", TASK_CAP_EXCEPTION);
    add_service(f, "LOG", "log");
    add_service(f, "NAMES", "names");
    add_service(f, "DM_PHYS", "dm");
    add_service(f, "SIMPLE_TS", "ts");
    add_service(f, "BMODFS", "fprov");
    add_service(f, "TFTP", "fprov");
    add_service(f, "EXEC", "exec");
    add_service(f, "LOADER", "loader");
    if (rm)
        fuzz_add(f, "rm", TASK_CAP_RM);
    fuzz_prepare(f);
}

static void run(void *argument)
{
    struct fuzz *f = argument;

    for (unsigned i = 0; i < steps; i++)
        fuzz_step(f);
}

int main(int argc, char **argv)
{
    uint64_t seed = argc > 1 ? strtoull(argv[1], NULL, 0) : 1;
    bool rm = argc > 3 && strcmp(argv[3], "rm") == 0;
    struct thread *thread;

    steps = argc > 2 ? (unsigned)strtoul(argv[2], NULL, 0) : 100;
    for (unsigned i = 0; i < THREADS; i++)
        begin(&fuzzers[i], i, seed, rm);
    for (unsigned i = 1; i < THREADS; i++) {
        struct thread_request request = {.name = "fuzz", .entry = run, .argument = &fuzzers[i]};
        if (thread_create(&request, &thread) < 0)
            return 2;
    }
    run(&fuzzers[0]);
    printf("seed %lu: %u sent, %u good, %u refused, %u failed\n", seed, fuzzers[0].sent,
           fuzzers[0].good, fuzzers[0].refused, fuzzers[0].failed);
    return 0;
}
