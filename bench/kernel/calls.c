/* SPDX-License-Identifier: BSD-2-Clause */
/* The null call, and IPC round trips between two tasks with raw system calls. */
#include "bench.h"

enum { ROUNDS = 1000, WORDS = 63, SLOT = 0x30000 };
#define WINDOW 0x50000000ull

static struct abi_task child;
static struct worker server;

/* Answers each call with nothing; receives pages and capabilities where there is a window. */
static void echo(struct worker *w)
{
    struct l4_utcb *u = l4_utcb();

    (void)w;
    u->bdr = l4_bdr(2, 4, 0);
    u->br[0] = SLOT | L4_RCV_MAP | L4_RCV_SMALL;
    u->br[1] = 0;
    u->br[2] = L4_RCV_MAP;
    u->br[3] = l4_fpage_mem(WINDOW, L4_PAGE_SHIFT, L4_FPAGE_RW).raw;
    u->br[4] = 0;
    l4_ipc_wait(L4_INVALID_CAP, NULL, L4_NEVER);
    for (;;)
        l4_ipc_reply_and_wait(L4_INVALID_CAP, l4_msgtag(0, 0, 0, 0), NULL, L4_SEND_ZERO);
}

static l4_cap_t serve(struct abi_task *task)
{
    l4_cap_t gate = cap_new();

    bench_need(worker_start(&server, task, echo, MAIN_PRIORITY + 1), "server");
    bench_need(!l4_factory_create_gate(L4_BASE_FACTORY_CAP, gate, server.cap, 0), "gate");
    return gate;
}

static void null_call(void)
{
    struct bench b = bench_begin();

    for (unsigned i = 0; i < ROUNDS; i++)
        l4_cap_valid(L4_BASE_LOG_CAP);
    bench_end(&b, "null-call", ROUNDS);
}

static void words(const char *name, l4_cap_t gate, unsigned count)
{
    struct bench b = bench_begin();

    for (unsigned i = 0; i < ROUNDS; i++)
        l4_ipc_call(gate, l4_msgtag(0, count, 0, 0), L4_NEVER);
    bench_end(&b, name, ROUNDS);
}

/* Two pages in turn: each is mapped in place of the one before. */
static void page(l4_cap_t gate)
{
    const char *memory = test_memory();
    struct bench b = bench_begin();

    for (unsigned i = 0; i < ROUNDS; i++) {
        uint64_t from = (uint64_t)memory + i % 2 * L4_PAGE_SIZE;
        l4_put_item(0, 0, l4_fpage_mem(from, L4_PAGE_SHIFT, L4_FPAGE_RW));
        l4_msgtag_t tag = l4_ipc_call(gate, l4_msgtag(0, 0, 1, 0), L4_NEVER);
        bench_need(!l4_msgtag_has_error(tag), "a page");
    }
    bench_end(&b, "ipc-page", ROUNDS);
}

/* Two objects in turn, likewise. */
static void cap(l4_cap_t gate)
{
    const l4_cap_t caps[] = {L4_BASE_LOG_CAP, L4_BASE_SCHEDULER_CAP};
    struct bench b = bench_begin();

    for (unsigned i = 0; i < ROUNDS; i++) {
        l4_put_item(0, 0, l4_fpage_obj(caps[i % 2], 0, L4_CAP_RW));
        l4_msgtag_t tag = l4_ipc_call(gate, l4_msgtag(0, 0, 1, 0), L4_NEVER);
        bench_need(!l4_msgtag_has_error(tag), "a capability");
    }
    bench_end(&b, "ipc-capability", ROUNDS);
}

void bench_calls(void)
{
    null_call();
    words("ipc-0-words-same-task", serve(&own_task), 0);
    bench_need(task_new(&child), "task");
    l4_cap_t gate = serve(&child);
    words("ipc-0-words", gate, 0);
    words("ipc-63-words", gate, WORDS);
    page(gate);
    cap(gate);
}
