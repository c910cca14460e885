/* SPDX-License-Identifier: BSD-2-Clause */
#include "unit.h"

#include <task/slots.h>

#include "call.h"
#include "errors/errors.h"
#include "idl/books.h"
#include "idl/dm.h"
#include "idl/exec.h"
#include "idl/fprov.h"
#include "idl/loader.h"
#include "idl/log_session.h"
#include "idl/names.h"
#include "idl/root.h"
#include "idl/ts.h"
#include "idl/ts_control.h"
#include "ipc/slots.h"
#include "l4sys/task.h"
#include "server/server.h"

/*
 * K08: servers die, one after the other; whoever is waiting for an answer, or for being heard, or
 * calls later gets an error: in the bound of the interface, or at once. Nobody hangs.
 */

#define SOON_US 1000000

static l4_cap_t mortal, bmodfs, exec, ts, loader;
static uint32_t hanging; /* a task's number */

static l4_cap_t find(const char *name)
{
    l4_cap_t cap = slots_alloc();

    server_check(name, server_query(name, 20000000, cap));
    return cap;
}

static bool registered(const char *name)
{
    l4_cap_t slot = slots_alloc();
    bool is = names_query(TASK_CAP_NAMES, name, 0, slot) == 0;

    slots_release(slot);
    return is;
}

/* An error, and not after a time-out. */
static bool at_once(long (*make)(void))
{
    uint64_t begin = server_clock_us();
    long result = make();

    return result < 0 && server_clock_us() - begin < SOON_US;
}

static long mortal_open(const char *name)
{
    l4_cap_t slot = slots_alloc();
    uint64_t size;
    long result = fprov_open(mortal, name, TASK_CAP_DM, &size, slot);

    slots_release(slot);
    return result;
}

static long hold(void)
{
    return mortal_open("hold");
}

static long die(void)
{
    return mortal_open("die");
}

static long other(void)
{
    return mortal_open("other");
}

static struct call *held, *killer, *waits_for_task, *waits_for_name;

TEST(a_server_that_dies_while_it_serves)
{
    CHECK_EQ(other(), -ERR_ENOFILE);
    held = call_begin(hold);
    killer = call_begin(die);
    CHECK(at_once(other)); /* it is not taken any more */
    CHECK(at_once(other)); /* the gate is gone */
    CHECK(!registered("MORTAL"));
}

static long start(const char *name)
{
    uint32_t id, state;
    int32_t code;
    long result = loader_start(loader, name, "", &id);

    return result < 0 ? result : loader_wait(loader, id, &state, &code);
}

static long start_known(void)
{
    return start("t_true");
}

static long start_new(void)
{
    return start("t_mortal");
}

static long open_file(void)
{
    l4_cap_t slot = slots_alloc();
    uint64_t size;
    long result = fprov_open(bmodfs, "t_true", TASK_CAP_DM, &size, slot);

    slots_release(slot);
    return result;
}

TEST(file_provider)
{
    CHECK_EQ(start_known(), 0);
    CHECK_EQ(root_kill(TASK_CAP_PAGER, "bmodfs"), 0);
    CHECK(at_once(open_file));
    CHECK(!registered("BMODFS"));
    CHECK(start_new() < 0);
    CHECK_EQ(root_kill(TASK_CAP_PAGER, "bmodfs"), -ERR_ENOENT);
}

static long print_exec(void)
{
    return books_print(exec);
}

TEST(exec_server)
{
    CHECK_EQ(print_exec(), 0);
    CHECK_EQ(root_kill(TASK_CAP_PAGER, "exec"), 0);
    CHECK(at_once(print_exec));
    CHECK(!registered("EXEC"));
    CHECK(start_known() < 0);
    CHECK_EQ(loader_dump(loader, hanging), 0); /* the loader serves, its tasks live */
}

static long wait_for_hanging(void)
{
    uint32_t state;
    int32_t code;
    long result;

    do
        result = loader_wait(loader, hanging, &state, &code);
    while (result == -ERR_EAGAIN);
    return result;
}

TEST(loader_server)
{
    waits_for_task = call_begin(wait_for_hanging);
    CHECK(call_waits(waits_for_task));
    CHECK_EQ(root_kill(TASK_CAP_PAGER, "loader"), 0);
    CHECK(at_once(start_known));
    CHECK(!registered("LOADER"));
    CHECK_EQ(books_print(ts), 0); /* its tasks are gone with it */
}

static long make_task(void)
{
    l4_cap_t slots[6];
    uint32_t id;

    for (unsigned i = 0; i < 6; i++)
        slots[i] = slots_alloc();
    long result = ts_create(ts, "t", 1 << 20, 10, TASK_CAP_FACTORY, &id, slots[0], slots[1],
                            slots[2], slots[3], slots[4], slots[5]);
    for (unsigned i = 0; i < 6; i++)
        slots_release(slots[i]);
    return result;
}

TEST(task_server)
{
    CHECK_EQ(make_task(), 0);
    CHECK_EQ(root_kill(TASK_CAP_PAGER, "simple_ts"), 0);
    CHECK(at_once(make_task));
    CHECK(!registered("SIMPLE_TS"));
}

static long query_never(void)
{
    return names_query(TASK_CAP_NAMES, "NEVER", 110000000, slots_alloc());
}

static long query_now(void)
{
    return names_query(TASK_CAP_NAMES, "DM_PHYS", 0, slots_alloc());
}

TEST(name_server)
{
    waits_for_name = call_begin(query_never);
    CHECK(call_waits(waits_for_name));
    CHECK_EQ(root_kill(TASK_CAP_PAGER, "names"), 0);
    CHECK(at_once(query_now));
}

/* What was answered to nobody: the bounds are 60 s (fprov) and 120 s. */
TEST(who_waited_hears_in_time)
{
    CHECK(call_waits(waits_for_task) && call_waits(waits_for_name));
    CHECK_EQ(call_end(held, 61), -ERR_EIPC_RETIMEOUT);
    CHECK_EQ(call_end(killer, 61), -ERR_EIPC_RETIMEOUT);
    CHECK_EQ(call_end(waits_for_task, 121), -ERR_EIPC_RETIMEOUT);
    CHECK_EQ(call_end(waits_for_name, 121), -ERR_EIPC_RETIMEOUT);
}

static long read_line(void)
{
    char line[201];

    return log_session_read(TASK_CAP_LOG, 200, line);
}

/* Nobody sees what is printed then: the machine's status says it. */
TEST(log_server)
{
    struct call *waits = call_begin(read_line);

    CHECK(call_waits(waits));
    CHECK_EQ(root_kill(TASK_CAP_PAGER, "log"), 0);
    printf("to nobody\n");
    CHECK(at_once(read_line));
    CHECK_EQ(call_end(waits, 61), -ERR_EIPC_RETIMEOUT);
}

static const struct unit_test tests[] = {
    T(a_server_that_dies_while_it_serves), T(file_provider), T(exec_server), T(loader_server),
    T(task_server), T(name_server), T(who_waited_hears_in_time), T(log_server),
};

int main(void)
{
    server_check("session", server_open_dm(1 << 20, NULL));
    mortal = find("MORTAL");
    bmodfs = find("BMODFS");
    exec = find("EXEC");
    ts = find("SIMPLE_TS");
    loader = find("LOADER");
    server_check("t_input", loader_start(loader, "t_input", "", &hanging));
    return (int)root_shutdown(TASK_CAP_PAGER,
                              unit_run(tests, sizeof tests / sizeof tests[0]));
}
