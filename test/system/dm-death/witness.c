/* SPDX-License-Identifier: BSD-2-Clause */
/* Looks at the books of dm_phys before and after the death of the victim. */
#include <stdio.h>
#include <task/slots.h>

#include "idl/books.h"
#include "idl/dm.h"
#include "idl/root.h"
#include "ipc/slots.h"
#include "l4sys/factory.h"
#include "server/server.h"

#define WAIT_US 10000000

static uint64_t used(l4_cap_t base)
{
    uint64_t free, used = 0;
    server_check("memory", dm_memory(base, &free, &used));
    return used;
}

int main(void)
{
    l4_cap_t base = slots_alloc(), mark = slots_alloc();
    int failed = 1;
    server_check("query", server_query("DM_PHYS", WAIT_US, base));
    server_check("victim", server_query("VICTIM", WAIT_US, slots_alloc()));
    uint64_t before = used(base);
    server_check("books", books_print(base));
    printf("witness: now it may die\n");
    fflush(stdout);
    server_check("gate", l4_factory_create_gate(TASK_CAP_FACTORY, mark, TASK_CAP_THREAD, 0));
    server_check("register", server_register("WITNESS", mark));
    for (unsigned i = 0; i < 200 && failed; i++) {
        server_sleep_us(10000);
        failed = used(base) + (10 << 20) > before; /* it held more than that */
    }
    printf(failed ? "witness: FAIL: memory is not back\n" : "witness: gone\n");
    fflush(stdout);
    server_check("books", books_print(base));
    return (int)root_shutdown(TASK_CAP_PAGER, failed);
}
