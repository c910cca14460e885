/* SPDX-License-Identifier: BSD-2-Clause */
/* Takes 100 dataspaces, half of them copies, uses them, and faults when the witness is ready. */
#include <stdio.h>
#include <stdlib.h>
#include <task/slots.h>

#include "idl/dm.h"
#include "ipc/slots.h"
#include "l4sys/factory.h"
#include "server/server.h"

#define WAIT_US 10000000

static l4_cap_t session;

static void hold(unsigned i, l4_cap_t *ds)
{
    l4_cap_t source = *ds;
    void *memory;
    *ds = slots_alloc();
    if (i % 2 == 0)
        server_check("open", dm_open(session, (i + 1) * 4096, 0, "own", *ds));
    else
        server_check("copy", dm_copy(session, source, 0, (i + 1) * 4096, "copy", *ds));
    server_check("map", server_map(*ds, 0, (i + 1) * 4096, L4_FPAGE_RW, &memory));
    *(volatile unsigned *)memory = i;
}

int main(void)
{
    l4_cap_t base = slots_alloc(), mark = slots_alloc(), ds = 0;
    uint64_t limit, used, peak, shared;
    uint32_t count;
    session = slots_alloc();
    server_check("query", server_query("DM_PHYS", WAIT_US, base));
    server_check("session", dm_session(base, "victim", ~0ull, session));
    for (unsigned i = 0; i < 100; i++)
        hold(i, &ds);
    server_check("info", dm_info(session, &limit, &used, &peak, &shared, &count));
    printf("victim: holds %u dataspaces, %lu KiB\n", count, used / 1024);
    fflush(stdout);
    server_check("gate", l4_factory_create_gate(TASK_CAP_FACTORY, mark, TASK_CAP_THREAD, 0));
    server_check("register", server_register("VICTIM", mark));
    server_check("witness", server_query("WITNESS", WAIT_US, slots_alloc()));
    volatile unsigned *volatile nothing = NULL;
    *nothing = 1;
    return 1;
}
