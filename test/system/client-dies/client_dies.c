/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdio.h>
#include <string.h>

#include <task/slots.h>

#include "../check.h"
#include "../fuzz-ipc/servers.h"
#include "idl/dataspace.h"
#include "idl/dm.h"
#include "idl/exec.h"
#include "idl/fprov.h"
#include "idl/loader.h"
#include "idl/names.h"
#include "idl/root.h"
#include "idl/ts.h"
#include "ipc/slots.h"
#include "l4sys/factory.h"
#include "l4sys/task.h"
#include "l4sys/thread.h"
#include "server/server.h"
#include "server/thread.h"

/*
 * A client that asks a server for the same thing over and over is deleted at another moment each
 * time. Who deletes it runs before the servers, so that it comes in between. What its answer would
 * have carried is undone: everybody serves, the books are as before.
 */

enum {
    KILLS = 20,
    SLOTS = 0x7000, /* the client's, emptied when it has died */
    SLOTS_ORDER = 8,
    SET = SLOTS + 0x80,
    TABLE_SIZE = 0x10000,
};

static l4_cap_t slot(unsigned i)
{
    return TASK_CAP(SLOTS + i);
}

/* --- the calls that are cut off --- */

static void copy(void)
{
    dm_copy(TASK_CAP_DM, slot(0x20), 0, 4 << 20, "copy", slot(0));
    dataspace_clear(slot(0), 0, 4 << 20);
}

static void make_task(void)
{
    uint32_t id;

    ts_create(servers.ts, "dies", 1 << 20, 100, slot(0x21), &id, slot(0), slot(1), slot(2), slot(3),
              slot(4), slot(5));
}

static void open_program(void)
{
    struct ipc_bulk table = {.dataspace = slot(0x22), .offset = 0, .length = TABLE_SIZE};
    struct ipc_window objects = {l4_fpage_obj(TASK_CAP(SET), TASK_OBJECTS_ORDER, 0), 0};

    exec_open(servers.exec, "t_true", "", servers.bmodfs, TASK_CAP_DM, &table, &objects, slot(0),
              slot(1));
}

static void open_file(void)
{
    uint64_t size;

    fprov_open(servers.bmodfs, "libc.so", TASK_CAP_DM, &size, slot(0));
}

static void start(void)
{
    uint32_t id;

    loader_start(servers.loader, "t_true", "", &id);
}

static void open_start(void)
{
    loader_open(servers.loader, "t_true", "", LOADER_STOPPED, slot(0));
}

static void ask_names(void)
{
    names_query(TASK_CAP_NAMES, "NOBODY", 3000, slot(0));
}

/* --- the client --- */

static void (*call)(void);
static volatile unsigned phase, calls;
static void run(void);
static struct server_thread client = {.name = "client", .number = 1, .priority = 90, .entry = run};
static unsigned bad;

static void empty(unsigned first, unsigned order)
{
    l4_task_unmap(TASK_CAP_TASK, l4_fpage_obj(slot(first), order, L4_CAP_RWSD),
                  L4_UNMAP_ALL_SPACES);
}

/* The clock that ends the sleep of the other has ticks: the beginning of the calls is shifted. */
static void run(void)
{
    for (volatile unsigned i = 0; i < phase; i++)
        ;
    for (;; calls++) {
        call();
        empty(0, 5);
        empty(0x80, 7);
    }
}

/** What a call needs that is not its own to lose. */
static void prepare(void)
{
    dm_open(TASK_CAP_DM, 4 << 20, 0, "source", slot(0x20));
    l4_factory_create_irq(TASK_CAP_FACTORY, slot(0x21));
    dm_open(TASK_CAP_DM, TABLE_SIZE, 0, "table", slot(0x22));
}

/** One client, deleted after @us. */
static void die_after(unsigned us)
{
    prepare();
    server_check("client", server_thread_make(&client));
    server_check("client", server_thread_run(&client));
    server_sleep_us(us);
    if (l4_cap_delete(client.cap) < 0) {
        puts("cannot be deleted");
        bad++;
    }
    slots_release(client.cap);
    empty(0, SLOTS_ORDER);
}

/** Deletes it KILLS times, @shift rounds of its loop later each time. */
static void sweep(const char *name, void (*what)(void), unsigned shift)
{
    call = what;
    calls = 0;
    for (unsigned i = 0; i < KILLS; i++) {
        phase = i * shift;
        die_after(2000 + i % 4 * 1000);
    }
    server_sleep_us(500000);
    if (!servers_live())
        bad++;
    printf("%s: %u calls were over\n", name, calls);
    check(bad == 0, name, "cut off, and all serve");
    servers_books(name);
    bad = 0;
}

int main(void)
{
    static void (*const all[])(void) = {copy, make_task, open_program, open_file, start, open_start};

    servers_find();
    l4_scheduler_run(TASK_CAP_SCHEDULER, TASK_CAP_THREAD, 250);
    for (unsigned i = 0; i < sizeof all / sizeof all[0]; i++) {
        call = all[i];
        die_after(300000);
    }
    server_sleep_us(200000);
    CHECK("warm", servers_live());
    servers_books("warm");
    sweep("copy", copy, 997);
    sweep("make-task", make_task, 997);
    sweep("open-program", open_program, 4999);
    sweep("open-file", open_file, 4999);
    sweep("start", start, 4999);
    sweep("open-start", open_start, 997);
    sweep("names", ask_names, 4999);
    return (int)root_shutdown(TASK_CAP_PAGER, check_result());
}
