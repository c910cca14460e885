/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include "../abi/abi.h"

/*
 * The system-call fuzzer. The root task is the referee: in each round it makes TASKS child tasks
 * that live from a factory with a limit, has their threads do random things, disturbs them, kills
 * everything, and compares with before. The same seed makes the same run under -icount.
 *
 * The children run on copies of this image at the same addresses: what they spoil is theirs.
 */
enum { TASKS = 2, PER_TASK = 3, THREADS = TASKS * PER_TASK, RING = 16, RECORD_MRS = 12 };

/** Random numbers: each thread throws its own dice. */
struct dice {
    uint64_t state;
};

uint64_t dice_word(struct dice *d);
/** 0 to @n - 1. */
uint64_t dice_below(struct dice *d, uint64_t n);
/** True once in @n times. */
bool dice_rarely(struct dice *d, unsigned n);

/** One system call as it was made; what a sequence file has in a line (replay.c). */
struct record {
    uint64_t selector, tag, timeouts, label, bdr, mr[RECORD_MRS], br[4];
};

/** One of the threads that do random things. */
struct fuzzer {
    struct worker worker;
    struct dice dice;
    unsigned index;   /* in `fuzzers` */
    volatile unsigned steps;
    unsigned made;    /* system calls; the last RING of them are kept */
    struct record ring[RING];
};

extern struct fuzzer fuzzers[THREADS];

/** What a child's threads share; each child has its own copy. */
struct progress {
    volatile unsigned steps, limit;
    volatile uint64_t leak; /* a kernel address that user mode has seen */
};

extern struct progress progress;

/* --- where things are in a child --- */

enum {
    S_TASK = 1, S_FACTORY, S_THREAD, S_OTHER_TASK = S_THREAD + PER_TASK, S_OTHER_THREAD,
    S_IRQ = S_OTHER_THREAD + PER_TASK, S_IRQ2, S_SEMAPHORE, S_GATE, S_OTHER_GATE, S_LOOSE_GATE,
    S_SPARE_TASK, S_SPARE_THREAD, S_SUB_FACTORY, S_SCHEDULER, S_LOG, S_ICU, S_DEBUGGER,
    S_SEALED_FACTORY, S_SEALED_TASK, S_SEALED_THREAD, S_SEALED_SEMAPHORE, S_SEALED_IRQ,
    S_SEALED_GATE, S_HERMIT_GATE,
    S_FREE = 0x28, /* what they make and receive */
    S_END = 0x38,
    S_PAGER = 0x60, /* out of the reach of most; one a thread */
};

#define CHILD_KU_MEM   0x7fff100000ull
#define CHILD_KU_ORDER 16
#define CHILD_VCPU     (CHILD_KU_MEM + 0x8000) /* state areas, 0x1000 apart */
#define CHILD_MEMORY   0x50000000ull /* 64 KiB, read, write and execute, shared by all */
#define CHILD_CANARY   0x51000000ull /* a page to read only */
#define CHILD_LAST     0x7ffffffff000ull /* the last page of user space */

/* --- values.c --- */

/**
 * A random word of a kind: w any, s selector, f flexpage, m memory, o objects, p ports, k ku_mem,
 * i word 0 of an item, n small, l label, u UTCB, v vCPU state area, a address, c code, t stack,
 * L limit, M unmap mask, P priority, C CPU set, Q quantum, D descriptor, 0 nothing.
 */
uint64_t value(struct dice *d, char kind);
uint64_t value_cap(struct dice *d);
uint32_t value_timeouts(struct dice *d);
/** True for what only the kernel should know. */
bool value_is_kernel_address(uint64_t value);

/* --- calls.c, odd.c, replay.c: what fuzz threads do --- */

/** Makes a system call with what is in the UTCB, and keeps a record of it. */
l4_msgtag_t call_record(struct fuzzer *f, uint64_t selector, l4_msgtag_t tag, uint32_t timeouts);
/** A request that means something, with random arguments. */
void call_shaped(struct fuzzer *f);
/** Anything. */
void call_random(struct fuzzer *f);
/** Very much at once: trees of mappings and ranges of capabilities that grow by doubling. */
void call_grow(struct fuzzer *f);
/** IPC with the other threads. */
void call_ipc(struct fuzzer *f);
/** An instruction that may not be there for user mode, or not like this. */
void odd_instruction(struct fuzzer *f);
/** An access where there may be nothing. */
void odd_access(struct fuzzer *f);
/** A vCPU state area that may be right. */
void odd_state_area(struct fuzzer *f);
/** Does one of the above. */
void fuzz_step(struct fuzzer *f);

/* --- replay.c --- */

/** Reads @text, lines of calls; false if it is not like that. */
bool replay_read(const char *text, size_t size);
/** True if there is something to replay; the threads take turns as the lines say. */
bool replay_wanted(void);
void replay_forget(void);
void replay_thread(struct fuzzer *f);
/** Prints the last calls of a thread as such lines. */
void replay_print(const struct fuzzer *f);

void replay_print_hex(uint64_t v);

/* --- the referee --- */

/** What the round is made of. */
struct world {
    struct dice dice;
    l4_cap_t factory, sub_factory; /* all is charged to the first */
    l4_cap_t task[TASKS], thread[THREADS], pager_gate[THREADS];
    uint64_t memory, canary; /* addresses of what they share */
    l4_cap_t thing[S_END]; /* what the children hold in slots of these numbers, ours to give */
};

extern struct world world;

/** Makes everything, or says false. @steps for each child. */
bool world_make(uint64_t seed, unsigned steps);
/** Does something to the children at a random moment. */
void world_disturb(void);
/** Gives what has been lost. */
void world_refill(void);
/** Gets threads going again that have not moved since the last time; false if none does. */
bool world_revive(void);
/** Deletes all, in random order. */
void world_end(void);
unsigned world_steps(void);
uint64_t world_leak(void);
/** What stands at @p of the image in child @task. */
void *world_copy_of(unsigned task, const volatile void *p);
const struct fuzzer *world_fuzzer(unsigned index);
bool world_init(void);

/** Handles the faults and exceptions of the children. */
void pager_serve(struct worker *w);
void pager_seed(uint64_t seed);

/** Objects that the children hold without the rights to do something with them. */
bool sealed_make(l4_cap_t factory);
/** Null, or what has happened that may not. */
const char *sealed_check(void);

/** A thread that has nothing to do with it all, and finds its registers as it left them. */
bool witness_start(void);
const char *witness_check(void);
