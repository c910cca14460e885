/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdlib.h>

#include "../check.h"
#include "../opener.h"
#include "../service.h"
#include "errors/errors.h"
#include "idl/dm.h"
#include "idl/fprov.h"
#include "idl/loader.h"
#include "l4sys/ipc.h"

/*
 * t_fuzzer FIRST COUNT MESSAGES [PROVIDER]: tasks that send random messages, with seeds FIRST to
 * FIRST + COUNT - 1. After each everybody still serves; at the end the books are as before. With
 * PROVIDER time is real and that file provider serves, too; the books are not waited for.
 */

enum { SETTLE_US = 130000000 }; /* longer than any server keeps a question open */
enum { POOL = 16 << 20 };

static const char *provider;

static unsigned bad;

static void wrong(const char *what, unsigned seed)
{
    printf("wrong: %s, seed %u\n", what, seed);
    bad++;
}

/** One hostile task, to its end; with @rm it may have ended itself in any way. */
static void attack(unsigned seed, unsigned messages, bool rm)
{
    struct opened task;
    char args[64];

    snprintf(args, sizeof args, "%u %u%s", seed, messages, rm ? " rm" : "");
    if (opened_open(&task, "t_fuzz", args, 0)) {
        wrong("not started", seed);
    } else if (!opened_wait(&task, 60)) {
        if (!rm)
            wrong("hangs", seed);
        if (!opened_kill(&task))
            wrong("cannot be killed", seed);
    }
    opened_close(&task);
}

/** Everybody serves: a start, a file, memory, names. */
static void live(unsigned seed)
{
    l4_cap_t slot = task_slot();
    struct opened task;
    uint64_t size;

    if (opened_open(&task, "t_true", "", 0) || !opened_wait(&task, 10)
        || task.state != LOADER_STATE_EXITED || task.code != 0)
        wrong("no start", seed);
    opened_close(&task);
    if (fprov_open(TASK_CAP_FPROV, "t_true", TASK_CAP_DM, &size, slot) || size == 0)
        wrong("no file", seed);
    task_slot_release(slot);
    slot = service("DM_PHYS");
    if (dm_memory(slot, &size, &size))
        wrong("no memory", seed);
    task_slot_release(slot);
}

/** The file provider gives the file, maybe after others have had their time. */
static void provide(unsigned seed)
{
    l4_cap_t cap = service(provider), slot = task_slot();
    uint64_t size = 0;
    long error = -ERR_EAGAIN;

    for (unsigned i = 0; i < 10 && error; i++)
        error = fprov_open(cap, "small.cfg", TASK_CAP_DM, &size, slot);
    if (error || size == 0) {
        printf("%s: %s\n", provider, error_text(error));
        wrong("no file by the provider", seed);
    }
    task_slot_release(slot);
    task_slot_release(cap);
}

static void rounds(unsigned first, unsigned count, unsigned messages)
{
    for (unsigned seed = first; seed < first + count && bad < 5; seed++) {
        attack(seed, messages, seed % 8 == 7);
        live(seed);
        if (provider)
            provide(seed);
    }
    if (!provider)
        l4_sleep_us(SETTLE_US);
    live(first);
}

/** DM_PHYS asks roottask for all the RAM that the rounds can need at a time: it keeps that. */
static void fill_pool(void)
{
    l4_cap_t dataspace = task_slot();
    long error = dm_open(TASK_CAP_DM, POOL, 0, "pool", dataspace);

    if (error < 0)
        printf("FAIL pool: %s\n", error_text(error));
    task_slot_release(dataspace);
}

/** exec links once whatever the tasks may start. */
static void warm_up(void)
{
    static const char *const names[] = {"t_true", "libc.so", "libloader.so", "small.cfg", "t_fuzz"};
    struct opened task;

    for (unsigned i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (!opened_open(&task, names[i], "", 0))
            opened_wait(&task, 60);
        opened_close(&task);
    }
}

static unsigned argument(int argc, char **argv, int i, unsigned standard)
{
    return i < argc ? (unsigned)strtoul(argv[i], NULL, 0) : standard;
}

int main(int argc, char **argv)
{
    unsigned first = argument(argc, argv, 1, 1), count = argument(argc, argv, 2, 16);
    unsigned messages = argument(argc, argv, 3, 100);

    printf("seeds %u to %u, %u messages each\n", first, first + count - 1, messages);
    provider = argc > 4 ? argv[4] : NULL;
    fill_pool();
    warm_up();
    rounds(first, count, messages);
    CHECK("warm-up", bad == 0);
    if (provider)
        return check_result();
    CHECK("books-before", opened_books("before"));
    rounds(first, count, messages);
    CHECK("all-serve", bad == 0);
    CHECK("books-after", opened_books("after"));
    return check_result();
}
