/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdlib.h>
#include <string.h>

#include "../check.h"
#include "../service.h"
#include "idl/dataspace.h"
#include "idl/dm.h"
#include "idl/fprov.h"
#include "idl/loader.h"
#include "l4sys/task.h"
#include "rm/region.h"

static bool listed(const char *name, unsigned *wrong_order)
{
    struct names_entry entries[4];
    uint32_t total = 1, count;
    char last[33] = "";
    bool found = false;

    for (uint32_t first = 0; first < total; first += count) {
        if (names_list(TASK_CAP_NAMES, first, &total, entries, &count) || count == 0)
            return false;
        for (uint32_t i = 0; i < count; i++) {
            *wrong_order += strcmp(last, entries[i].name) >= 0;
            strcpy(last, entries[i].name);
            found = found || strcmp(entries[i].name, name) == 0;
        }
    }
    return found;
}

/** N01 from a task: finds and reaches others; may not register. */
static void check_names(void)
{
    l4_cap_t loader = service("LOADER"), slot = task_slot();
    struct loader_task tasks[3];
    uint32_t count = 0;
    unsigned wrong_order = 0;
    uint64_t start = task_clock_us();

    CHECK("reached", loader_list(loader, 0, tasks, &count) == 0 && count >= 1
                         && strcmp(tasks[0].name, "t_ask") == 0);
    CHECK("missing-name", names_query(TASK_CAP_NAMES, "NOBODY", 50000, slot) == -ERR_ENOENT);
    CHECK("waited", task_clock_us() - start >= 50000 && task_clock_us() - start < 90000);
    CHECK("register-refused", names_register(TASK_CAP_NAMES, "MINE", loader) == -ERR_EPERM);
    CHECK("listed", listed("LOADER", &wrong_order) && wrong_order == 0);
    CHECK("wait-unknown", loader_wait(loader, 4711, &count, &(int32_t){0}) == -ERR_ENOENT);
    CHECK("start-missing", loader_start(loader, "nothere", "", &count) == -ERR_ENOFILE);
}

static uint64_t checksum(const unsigned char *bytes, uint64_t size)
{
    uint64_t sum = 0;

    for (uint64_t i = 0; i < size; i++)
        sum = sum * 31 + bytes[i];
    return sum;
}

/** F01, F02: the whole file, on our own session, and by its last path component. */
static void check_file(void)
{
    struct region_attachment a = {
        .rights = L4_FPAGE_R, .flags = REGION_ANYWHERE, .dataspace = task_slot()};
    uint64_t size = 0, limit, before, used, peak, shared;
    uint32_t count;

    dm_info(TASK_CAP_DM, &limit, &before, &peak, &shared, &count);
    CHECK("file-open", fprov_open(TASK_CAP_FPROV, "(nd)/some/where/bytes", TASK_CAP_DM, &size,
                                  a.dataspace) == 0);
    dm_info(TASK_CAP_DM, &limit, &used, &peak, &shared, &count);
    CHECK("file-on-our-account", used - before == 0x19000); /* 100000 bytes in pages */
    a.size = (size + 4095) & ~4095ul;
    CHECK("file-size", size == 100000 && region_attach(&a) == 0);
    printf("checksum %016lx\n", checksum((const unsigned char *)a.start, size));
    CHECK("file-missing", fprov_open(TASK_CAP_FPROV, "nothere", TASK_CAP_DM, &size, task_slot())
                              == -ERR_ENOFILE);
}

/** D01, D02, D04, D05, D08 as a task sees them. */
static void check_dataspaces(void)
{
    struct region_attachment a = {.size = 8192, .rights = L4_FPAGE_RW, .flags = REGION_ANYWHERE,
                                  .dataspace = task_slot()};
    struct region_attachment copy = a, view = a;

    CHECK("open", dm_open(TASK_CAP_DM, 5000, 0, "mine", a.dataspace) == 0
                      && region_attach(&a) == 0);
    volatile char *bytes = (volatile char *)a.start;
    CHECK("zeroed", bytes[0] == 0 && bytes[8191] == 0);
    bytes[100] = 1;
    copy.dataspace = task_slot();
    CHECK("copy", dm_copy(TASK_CAP_DM, a.dataspace, 0, 8192, "copy", copy.dataspace) == 0
                      && region_attach(&copy) == 0);
    bytes[100] = 2;
    CHECK("copy-apart", ((volatile char *)copy.start)[100] == 1 && bytes[100] == 2);
    view.dataspace = task_slot();
    view.rights = L4_FPAGE_R;
    CHECK("read-only-view", l4_task_map_cap(TASK_CAP_TASK, a.dataspace, view.dataspace, L4_CAP_R)
                                    == 0 && region_attach(&view) == 0);
    CHECK("view-reads", ((volatile char *)view.start)[100] == 2);
    view.rights = L4_FPAGE_RW;
    view.flags |= REGION_MAP_NOW;
    CHECK("view-does-not-write", region_attach(&view) == -ERR_EPERM);
}

static uint64_t used_bytes(void)
{
    uint64_t limit, used = 0, peak, shared;
    uint32_t count;

    dm_info(TASK_CAP_DM, &limit, &used, &peak, &shared, &count);
    return used;
}

/** D24, and D06, D11 from a task: allocate, map, ask, release by address; memory is as before. */
static void check_by_address(void)
{
    uint64_t before = used_bytes(), physical, size;
    char *memory = region_alloc(40000);
    struct region_attachment a;

    CHECK("alloc", memory && used_bytes() - before == 40960);
    CHECK("map", region_map(memory + 5000, 30000, L4_FPAGE_RW) == 0);
    memory[5000] = 7;
    CHECK("map-executable", region_map(memory, 4096, L4_FPAGE_RX) == -ERR_EPERM);
    CHECK("map-past-the-end", region_map(memory, 45000, L4_FPAGE_R) == -ERR_ENOENT);
    CHECK("map-nothing", region_map(memory, 0, L4_FPAGE_R) == -ERR_EINVAL);
    CHECK("not-device-memory", region_physical(memory, &physical, &size) == -ERR_EPERM);
    CHECK("no-memory-there", region_physical((void *)4096, &physical, &size) == -ERR_ENOENT);
    CHECK("revoke", region_lookup(memory, &a) == 0 && dataspace_revoke(a.dataspace, 0, 40960) == 0
                        && memory[5000] == 7); /* the region manager maps it again */
    CHECK("shrink", dataspace_resize(a.dataspace, 8192) == 0 && used_bytes() - before == 8192);
    CHECK("map-what-has-gone", region_map(memory, 40960, L4_FPAGE_R) == -ERR_ERANGE);
    region_detach(memory, NULL); /* a region as long as its dataspace */
    a = (struct region_attachment){
        .start = a.start, .size = 8192, .dataspace = a.dataspace, .rights = L4_FPAGE_RW};
    CHECK("shrunk", region_attach(&a) == 0 && memory[5000] == 7);
    CHECK("free", region_free(memory) == 0 && used_bytes() == before);
}

int main(void)
{
    check_names();
    check_file();
    check_dataspaces();
    check_by_address();
    return check_result();
}
