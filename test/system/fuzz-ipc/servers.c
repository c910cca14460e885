/* SPDX-License-Identifier: BSD-2-Clause */
#include "servers.h"

#include <stdio.h>

#include <task/slots.h>

#include "errors/errors.h"
#include "idl/books.h"
#include "idl/dm.h"
#include "idl/fprov.h"
#include "idl/loader.h"
#include "idl/log.h"
#include "idl/names.h"
#include "ipc/slots.h"
#include "l4sys/log.h"
#include "server/server.h"
#include "sigma0/client.h"

struct servers servers;

static l4_cap_t find(const char *name)
{
    l4_cap_t cap = slots_alloc();

    server_check(name, server_query(name, 20000000, cap));
    return cap;
}

void servers_find(void)
{
    server_check("session", server_open_dm(16 << 20, &servers.dm));
    servers.ts = find("SIMPLE_TS");
    servers.bmodfs = find("BMODFS");
    servers.exec = find("EXEC");
    servers.loader = find("LOADER");
}

static bool good(const char *what, long error)
{
    if (error < 0)
        printf("%s: %s\n", what, error_text(error));
    return error >= 0;
}

bool servers_live(void)
{
    uint32_t id, state = LOADER_STATE_FAULT;
    int32_t code = -1;
    uint64_t size;
    l4_cap_t slot = slots_alloc();
    bool all = good("start", loader_start(servers.loader, "t_true", "", &id))
               && good("wait", loader_wait(servers.loader, id, &state, &code));

    all = all && state == LOADER_STATE_EXITED && code == 0;
    all = good("file", fprov_open(servers.bmodfs, "t_true", TASK_CAP_DM, &size, slot)) && all;
    slots_release(slot);
    slot = slots_alloc();
    all = good("memory", dm_open(TASK_CAP_DM, 8192, 0, "live", slot)) && all;
    slots_release(slot);
    slot = slots_alloc();
    all = good("log", log_open(TASK_CAP_LOG_BASE, "live", slot)) && all;
    slots_release(slot);
    slot = slots_alloc();
    all = good("names", names_open(TASK_CAP_NAMES_BASE, "live", slot)) && all;
    slots_release(slot);
    return all;
}

static void print_of(const char *name)
{
    l4_cap_t service = slots_alloc();

    if (!server_query(name, 0, service))
        books_print(service);
    slots_release(service);
}

void servers_books(const char *name)
{
    struct names_entry entries[4];
    uint32_t total = 1, count;

    printf("books begin %s\n", name);
    server_sleep_us(20000); /* log may run after us, the kernel prints at once */
    l4_debugger_books(TASK_CAP_DEBUGGER);
    for (uint32_t first = 0; first < total; first += count) {
        if (names_list(TASK_CAP_NAMES, first, &total, entries, &count) < 0 || count == 0)
            break;
        for (uint32_t i = 0; i < count; i++)
            print_of(entries[i].name);
    }
    sigma0_dump(TASK_CAP_PAGER);
    printf("books end %s\n", name);
    server_sleep_us(20000);
}
