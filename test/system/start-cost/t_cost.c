/* SPDX-License-Identifier: BSD-2-Clause */
#include "../check.h"
#include "../service.h"
#include "idl/exec.h"
#include "idl/loader.h"
#include "idl/ts_control.h"

enum { WINDOW = 0x800, PRIVATE_PAGES_MAX = 24 };

static l4_cap_t loader;

/** Starts hello and waits for its end; *@id is its task. Microseconds until it is started. */
static uint64_t run(uint32_t *id)
{
    uint64_t start = task_clock_us();
    uint32_t state;
    int32_t code;

    CHECK("start", loader_start(loader, "hello", "", id) == 0);
    uint64_t started = task_clock_us() - start;
    CHECK("end", loader_wait(loader, *id, &state, &code) == 0 && state == TS_CONTROL_EXITED);
    printf("start to end: %lu us\n", task_clock_us() - start);
    return started;
}

/** Pages that task @id has paid for itself. */
static uint64_t private_pages(uint32_t id)
{
    struct loader_task tasks[3];
    uint32_t count;

    return loader_list(loader, id, tasks, &count) == 0 && count > 0
           ? tasks[0].private / L4_PAGE_SIZE : ~0ull;
}

/**
 * exec writes to the memory it is given and waits for its manager, so it must be able to trust who
 * asks: the S right, which no task has.
 */
static void check_exec(void)
{
    l4_cap_t exec = service("EXEC"), written = task_slot(), task = task_slot();
    struct ipc_bulk table = {.dataspace = TASK_CAP_PLACEMENT, .length = L4_PAGE_SIZE};
    struct ipc_window objects = {
        .fpage = l4_fpage_obj(TASK_CAP(WINDOW), TASK_OBJECTS_ORDER, L4_CAP_RWS)};

    CHECK("exec-not-for-tasks", exec_open(exec, "hello", "", TASK_CAP_FPROV, TASK_CAP_DM, &table,
                                          &objects, written, task) == -ERR_EPERM);
}

int main(void)
{
    uint32_t id;

    loader = service("LOADER");
    uint64_t first = run(&id);
    uint64_t second = run(&id);
    printf("first start: %lu us\n", first);
    printf("second start: %lu us\n", second);
    printf("private: %lu pages\n", private_pages(id));
    CHECK("second-start-is-cheaper", second < first);
    CHECK("few-private-pages", private_pages(id) <= PRIVATE_PAGES_MAX);
    check_exec();
    return check_result();
}
