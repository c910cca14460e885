/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include "abi.h"
#include "l4sys/clock.h"

/*
 * Figures of the kernel, measured by a root task on the harness of test/abi. With -icount shift=0
 * the time stamp counter counts instructions, all of them: caller, kernel, partner.
 */

/** A measurement that is running. */
struct bench {
    struct l4_counters before;
    uint64_t start;
};

/** Begins one. */
struct bench bench_begin(void);

/**
 * Ends it: prints `bench: NAME INSTRUCTIONS instructions, ENTRIES entries, SWITCHES switches,
 * FAULTS faults, CLEARED cleared`, each for one of @rounds rounds, rounded.
 */
void bench_end(const struct bench *bench, const char *name, unsigned rounds);

/** The same with what somebody else has stamped: @instructions of all rounds. */
void bench_report(const struct bench *bench, const char *name, unsigned rounds,
                  uint64_t instructions);

/** Says that @what failed, and ends the machine with failure, unless @good. */
void bench_need(bool good, const char *what);

/** 2^@order bytes of RAM, mapped; the same each time. Order at most BENCH_RAM_ORDER. */
char *bench_ram(void);
#define BENCH_RAM_ORDER 26

void bench_calls(void);   /* calls.c: null call, IPC */
void bench_idl(void);     /* idl.c */
void bench_memory(void);  /* memory.c: faults, map, unmap */
void bench_objects(void); /* objects.c: interrupt, tasks, threads */
void bench_vcpu(void);    /* vcpu.c: system calls and page faults in user mode */
