/* SPDX-License-Identifier: BSD-2-Clause */
#include <string.h>

#include <task/slots.h>

#include "../check.h"
#include "../service.h"
#include "idl/dm.h"
#include "idl/exec_task.h"
#include "idl/root.h"
#include "idl/ts.h"
#include "l4sys/ipc.h"
#include "l4sys/task.h"
#include "loader/loader.h"

static const struct ipc_bulk whole = {
    .dataspace = TASK_CAP_PLACEMENT, .length = sizeof(struct task_placement) + 3 * 8};

static long link_with(uint64_t magic, uint32_t object, uint64_t base)
{
    struct task_placement *placement = (void *)task_info()->placement_address;
    struct task_placement kept = *placement;
    uint64_t kept_base = placement->base[object];
    uint32_t relocations;

    placement->magic = (uint32_t)magic;
    placement->base[object] = base;
    long error = exec_task_link(TASK_CAP_EXEC, &whole, &relocations);
    placement->magic = kept.magic;
    placement->base[object] = kept_base;
    return error;
}

/** A placement table is not believed. */
static void check_exec(void)
{
    uint32_t relocations, last = task_objects()->objects - 1;
    struct ipc_bulk part = whole;

    CHECK("wrong-magic", link_with(1, 0, task_object_base(0)) == -ERR_EINVAL);
    CHECK("startup-moved", link_with(TASK_PLACEMENT_MAGIC, last, 0x123000) == -ERR_EINVAL);
    CHECK("unaligned", link_with(TASK_PLACEMENT_MAGIC, 0, 0x123456) == -ERR_EINVAL);
    CHECK("kernel-space", link_with(TASK_PLACEMENT_MAGIC, 0, 0xffffffff80000000) == -ERR_EINVAL);
    CHECK("far-end", link_with(TASK_PLACEMENT_MAGIC, 0, ~0xffful) == -ERR_EINVAL);
    part.length = 4;
    CHECK("short", exec_task_link(TASK_CAP_EXEC, &part, &relocations) == -ERR_EINVAL);
    part.length = 1ul << 40;
    CHECK("long", exec_task_link(TASK_CAP_EXEC, &part, &relocations) < 0);
    part = whole;
    part.dataspace = TASK_CAP_NAMES;
    CHECK("not-a-dataspace", exec_task_link(TASK_CAP_EXEC, &part, &relocations) < 0);
    part.dataspace = TASK_CAP_PLACEMENT;
    part.offset = 1ul << 50;
    CHECK("outside", exec_task_link(TASK_CAP_EXEC, &part, &relocations) < 0);
    CHECK("right-again", exec_task_link(TASK_CAP_EXEC, &whole, &relocations) == 0);
}

/** Messages that nobody meant. */
static void check_messages(void)
{
    const l4_cap_t gates[] = {TASK_CAP_EXEC,  TASK_CAP_LOADER, TASK_CAP_DM,   TASK_CAP_NAMES,
                              TASK_CAP_FPROV, TASK_CAP_PAGER,  TASK_CAP_LOG};
    unsigned answered = 0;

    for (unsigned i = 0; i < sizeof gates / sizeof gates[0]; i++)
        for (long protocol = 1; protocol < 64; protocol += 7)
            for (unsigned words = 0; words < 60; words += 13) {
                memset(l4_utcb()->mr, 0xa5, words * 8);
                l4_receive_nothing();
                answered += l4_result(l4_ipc_call(gates[i], l4_msgtag(protocol, words, 0, 0),
                                                  L4_NEVER)) != 0;
            }
    CHECK("all-refused", answered == 7 * 9 * 5);
}

/** Rights that the task does not have. */
static void check_rights(void)
{
    l4_cap_t slot = task_slot();
    uint32_t id;

    l4_cap_t dm = service("DM_PHYS"), ts = service("SIMPLE_TS");
    CHECK("no-session", dm_session(TASK_CAP_DM, "more", 1 << 30, slot) == -ERR_EPERM);
    CHECK("no-session-by-name", dm_session(dm, "more", 1 << 30, slot) == -ERR_EPERM);
    CHECK("no-memory-by-name", dm_open(dm, 4096, 0, "free", slot) == -ERR_EPERM);
    long error = ts_create(ts, "t", 4096, 1, TASK_CAP_FACTORY, &id, slot, slot, slot, slot, slot,
                           slot);
    CHECK("no-task-by-name", error == -ERR_EPERM);
    CHECK("no-names-session", names_open(TASK_CAP_NAMES, "x", slot) < 0);
    CHECK("memory-limit", dm_open(TASK_CAP_DM, 65ul << 20, 0, "much", slot) == -ERR_ENOMEM);
    CHECK("no-shutdown", root_shutdown(TASK_CAP_PAGER, 0) < 0);
    /* What we may not delete stays for others: the scenario starts another program. */
    l4_cap_delete(TASK_CAP_DM);
    l4_cap_delete(TASK_CAP_EXEC);
    l4_cap_delete(TASK_CAP_FPROV);
    l4_cap_delete(TASK_CAP_LOADER);
    l4_cap_delete(TASK_CAP_PAGER);
    l4_cap_delete(TASK_CAP_NAMES);
    CHECK("gone-only-here", !l4_cap_valid(TASK_CAP_DM));
}

int main(void)
{
    check_exec();
    check_messages();
    check_rights();
    return check_result();
}
