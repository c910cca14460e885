/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <task/slots.h>

#include "../check.h"
#include "errors/errors.h"
#include "../fuzz-ipc/fuzz.h"
#include "../fuzz-ipc/servers.h"
#include "idl/dm.h"
#include "idl/root.h"
#include "ipc/slots.h"
#include "l4sys/task.h"
#include "server/server.h"

/*
 * fuzz_rights FIRST COUNT MESSAGES: random messages from a boot module, which holds the S right
 * that opens sessions, creates tasks and has programs linked. After each seed everybody serves; at
 * the end the books are as before.
 */

enum { SETTLE_US = 130000000 }; /* longer than any server keeps a question open */

static const char *const names[] = {"t_true", "t_true", "libc.so", "libloader.so", "small.cfg",
                                    "hello",  "NOBODY", "/",       "a:b:c",        "", NULL};

static l4_cap_t root; /* without S: nobody shall end the machine */
static unsigned bad;

/** Has dm_phys fetch what it may need later: it keeps it. */
static void grow(void)
{
    l4_cap_t session = slots_alloc(), dataspace = slots_alloc();

    server_check("session", dm_session(servers.dm, "grow", ~0ull, session));
    server_check("memory", dm_open(session, 64 << 20, 0, "grow", dataspace));
    slots_release(dataspace);
    slots_release(session);
}

static void attack(uint64_t seed, unsigned messages)
{
    static struct fuzz f;

    memset(&f, 0, sizeof f);
    f.state = (seed + 1) * 0x9e3779b97f4a7c15ull;
    f.careful = true;
    f.names = names;
    f.window = 0x5f0000000000;
    fuzz_add(&f, "log", TASK_CAP_LOG_BASE);
    fuzz_add(&f, "names", TASK_CAP_NAMES_BASE);
    fuzz_add(&f, "dm", servers.dm);
    fuzz_add(&f, "dm", TASK_CAP_DM);
    fuzz_add(&f, "ts", servers.ts);
    fuzz_add(&f, "fprov", servers.bmodfs);
    fuzz_add(&f, "exec", servers.exec);
    fuzz_add(&f, "loader", servers.loader);
    fuzz_add(&f, "root", root);
    fuzz_prepare(&f);
    for (unsigned i = 0; i < messages; i++)
        fuzz_step(&f);
    fuzz_finish(&f);
    printf("seed %lu: %u sent, %u good, %u refused, %u failed\n", seed, f.sent, f.good, f.refused,
           f.failed);
}

static void rounds(unsigned first, unsigned count, unsigned messages)
{
    for (unsigned seed = first; seed < first + count && bad < 5; seed++) {
        attack(seed, messages);
        if (!servers_live()) {
            printf("wrong: seed %u\n", seed);
            bad++;
        }
    }
    server_sleep_us(SETTLE_US);
    bad += !servers_live();
}

int main(int argc, char **argv)
{
    unsigned first = argc > 1 ? (unsigned)strtoul(argv[1], NULL, 0) : 1;
    unsigned count = argc > 2 ? (unsigned)strtoul(argv[2], NULL, 0) : 16;
    unsigned messages = argc > 3 ? (unsigned)strtoul(argv[3], NULL, 0) : 100;

    servers_find();
    root = slots_alloc();
    l4_task_map_cap(TASK_CAP_TASK, TASK_CAP_PAGER, root, L4_CAP_RW);
    printf("seeds %u to %u, %u messages each\n", first, first + count - 1, messages);
    grow();
    rounds(first, count, messages); /* the same: exec links what it has not seen */
    CHECK("warm-up", bad == 0);
    servers_books("before");
    rounds(first, count, messages);
    CHECK("all-serve", bad == 0);
    servers_books("after");
    return (int)root_shutdown(TASK_CAP_PAGER, check_result());
}
