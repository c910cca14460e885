/* SPDX-License-Identifier: BSD-2-Clause */
#include "module.h"

#include <string.h>

#include <task/slots.h>

#include "idl/root.h"
#include "l4sys/ipc.h"

/*
 * fault KIND: does what KIND says a little later, and must not survive it. fault watch N: says how
 * much memory came back when N others have died. fault call log, fault call names: waits there
 * until it hears something.
 */

#define NOTHING_THERE 0x123456789000ul

static const char constant = 'c';

static void watch(unsigned others)
{
    uint64_t before = 0, after = 0;

    root_memory(TASK_CAP_PAGER, &before);
    l4_sleep_us(200000);
    root_memory(TASK_CAP_PAGER, &after);
    say("%lu KiB came back from each, %lu over", (after - before) / 1024 / others,
        (after - before) / 1024 % others);
}

static void call_base(const char *name)
{
    l4_cap_t gate = strcmp(name, "log") == 0 ? TASK_CAP_LOG_BASE : TASK_CAP_NAMES_BASE;
    long error = l4_result(l4_ipc_call(gate, l4_msgtag(1, 0, 0, 0), L4_NEVER));

    say("heard from %s: %s", name, error < 0 ? "an error" : "an answer");
}

void module_main(long argc, char **argv)
{
    const char *kind = argc > 1 ? argv[1] : "";

    if (strcmp(kind, "call") == 0) {
        call_base(argv[2]);
        return;
    }
    if (argc > 2) {
        watch((unsigned)(argv[2][0] - '0'));
        return;
    }

    l4_sleep_us(20000);
    say("fault: %s", kind);
    if (strcmp(kind, "read") == 0)
        say("%d", *(volatile char *)NOTHING_THERE);
    else if (strcmp(kind, "write") == 0)
        *(volatile char *)NOTHING_THERE = 1;
    else if (strcmp(kind, "constant") == 0)
        *(volatile char *)&constant = 1;
    else if (strcmp(kind, "execute") == 0)
        ((void (*)(void))argv)();
    else if (strcmp(kind, "undefined") == 0)
        __asm__ volatile("ud2");
    else if (strcmp(kind, "port") == 0)
        __asm__ volatile("outb %%al, $0x80" : : "a"(0));
    else if (strcmp(kind, "end") == 0)
        end(0);
    say("survived %s", kind);
}
