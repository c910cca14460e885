/* SPDX-License-Identifier: BSD-2-Clause */
#include "rm/slow.h"

#include <l4/utcb.h>

#include "errors/errors.h"
#include "idl/dataspace.h"
#include "idl/dm.h"
#include "l4sys/factory.h"
#include "l4sys/log.h"
#include "l4sys/task.h"
#include "l4sys/thread.h"
#include "loader/loader.h"
#include "thread/utcbs.h"

struct region_manager region_manager;

static struct region first_table[RM_REGIONS];
static struct ipc_object gates[2]; /* all threads use the main thread's; an interrupt of slow.c */
static struct ipc_reply_slot replies[4 + RM_SLOW_FAULTS];
static _Alignas(16) unsigned char stack[RM_STACK];
static l4_cap_t rm_thread;

/** Maps the aligned block of 2^@order bytes at @address of @region, and nothing else anywhere. */
static long map_block(const struct region *region, uint64_t address, unsigned order,
                      unsigned rights)
{
    struct ipc_window here = {.fpage = l4_fpage_mem(address, order, L4_FPAGE_RWX)};
    uint64_t size = 1ull << order;

    while (size > 0) {
        uint64_t mapped;
        long error = dataspace_map(region->dataspace, region->offset + address - region->start,
                                   size, address, rights, &mapped, &here);
        if (error < 0)
            return error;
        if (mapped == 0 || mapped > size || (mapped & ~L4_PAGE_MASK))
            return -ERR_EIO; /* a manager that lies must not make us loop */
        address += mapped;
        size -= mapped;
    }
    return 0;
}

long rm_map(const struct region *region, uint64_t offset, uint64_t size, unsigned rights)
{
    uint64_t address = region->start + offset, end = address + size;

    while (address < end) {
        unsigned order = l4_fpage_fit(address, end);
        long error = map_block(region, address, order, rights);
        if (error < 0)
            return error;
        address += 1ull << order;
    }
    return 0;
}

void rm_unmap(const struct region *region)
{
    uint64_t address = region->start;

    while (address < region->end) {
        unsigned order = l4_fpage_fit(address, region->end);
        l4_task_unmap(TASK_CAP_TASK, l4_fpage_mem(address, order, L4_FPAGE_RWX),
                      L4_UNMAP_ALL_SPACES);
        address += 1ull << order;
    }
}

/** The region of the table that has been moved away from; the first table has none. */
static void free_table(struct region_manager *rm, const struct region *table)
{
    struct region old;

    if (table == first_table || regions_remove(&rm->regions, (uint64_t)table, &old))
        return;
    rm_unmap(&old);
    slots_release(old.dataspace);
}

long rm_own_memory(struct region_manager *rm, uint64_t size, void **start)
{
    struct region new = {.rights = L4_FPAGE_RW};

    size = (size + L4_PAGE_SIZE - 1) & L4_PAGE_MASK;
    new.start = regions_find_free(&rm->regions, size, L4_PAGE_SHIFT);
    new.end = new.start + size;
    new.dataspace = new.start && rm->regions.count < rm->regions.capacity ? slots_alloc() : 0;
    if (!new.dataspace)
        return -ERR_ENOMEM;
    long error = dm_open(TASK_CAP_DM, size, 0, "regions", new.dataspace);
    if (!error)
        error = rm_map(&new, 0, size, L4_FPAGE_RW);
    if (error) {
        slots_release(new.dataspace);
        return error;
    }
    *start = (void *)new.start;
    return regions_insert(&rm->regions, &new);
}

/** Moves the table of regions to new memory of twice the size, which becomes a region itself. */
static long grow(struct region_manager *rm)
{
    const struct region *before = rm->regions.table;
    unsigned capacity = rm->regions.capacity * 2;
    void *start;
    long error = rm_own_memory(rm, capacity * sizeof(struct region), &start);

    if (error)
        return error;
    struct region *table = start;
    for (unsigned i = 0; i < rm->regions.count; i++)
        table[i] = rm->regions.table[i];
    rm->regions.table = table;
    rm->regions.capacity = capacity;
    free_table(rm, before);
    return 0;
}

long rm_make_room(struct region_manager *rm)
{
    return rm->regions.count + 2 >= rm->regions.capacity ? grow(rm) : 0;
}

long rm_insert(struct region_manager *rm, const struct region *region)
{
    long error = rm_make_room(rm);
    return error ? error : regions_insert(&rm->regions, region);
}

static long keep_range(struct region_manager *rm, uint64_t start, uint64_t size)
{
    struct region region = {.start = start, .end = start + size};
    return size ? rm_insert(rm, &region) : 0;
}

/** Enters what the loader has mapped: start-up pages are marked reserved (design rule 10). */
static long keep_startup_ranges(struct region_manager *rm)
{
    const struct task_infopage *info = rm->info;
    const struct region stack_region = {
        .start = info->stack_start,
        .end = info->stack_end,
        .dataspace = TASK_CAP_STACK,
        .rights = L4_FPAGE_RW,
    };
    const struct region placement = { /* exec's copy of it makes the page read-only */
        .start = info->placement_address,
        .end = info->placement_address + L4_PAGE_SIZE,
        .dataspace = TASK_CAP_PLACEMENT,
        .rights = L4_FPAGE_RW,
    };
    const struct region kept = {
        .start = info->kept_start,
        .end = info->kept_end,
        .dataspace = TASK_CAP_KEPT,
        .rights = L4_FPAGE_RW,
    };
    long error = keep_range(rm, TASK_INFOPAGE, (info->size + L4_PAGE_SIZE - 1) & L4_PAGE_MASK);

    if (!error)
        error = rm_insert(rm, &placement);
    if (!error)
        error = keep_range(rm, info->kip, L4_PAGE_SIZE);
    if (!error)
        error = keep_range(rm, info->utcbs, UTCBS_MAX * L4_UTCB_SIZE);
    if (!error)
        error = rm_insert(rm, &stack_region);
    if (!error && kept.start != kept.end)
        error = rm_insert(rm, &kept);
    return error;
}

static long prepare(struct region_manager *rm)
{
    rm->regions = (struct regions){
        .table = first_table,
        .capacity = RM_REGIONS,
        .any_start = rm->info->any_start,
        .any_end = rm->info->any_end,
    };
    rm->server = (struct ipc_server){
        .name = "rm",
        .thread = rm_thread,
        .factory = TASK_CAP_FACTORY,
        .objects = gates,
        .object_count = sizeof gates / sizeof gates[0],
        .replies = replies,
        .reply_count = sizeof replies / sizeof replies[0],
        .data = rm,
    };
    long error = keep_startup_ranges(rm);
    if (!error)
        error = ipc_server_init(&rm->server);

    struct ipc_object *gate;
    if (!error)
        error = ipc_service_create(&rm->server, &rm_thread_kind, NULL, &gate);
    if (!error) {
        rm->main_gate = gate->gate;
        error = rm_place_objects(rm);
    }
    return error;
}

/** No page fault will be answered any more: better an end than a task that hangs. */
static _Noreturn void give_up(void)
{
    static const char line[] = "region manager: cannot wait for faults: out of kernel memory\n";

    task_write(line, sizeof line - 1);
    task_exit(127);
}

/** First function of the region manager's thread: reports to the main thread, then serves. */
static void run(void)
{
    long error = prepare(&region_manager);

    l4_utcb()->mr[0] = (uint64_t)error;
    l4_ipc_send(TASK_CAP_THREAD, l4_msgtag(0, 1, 0, 0), L4_NEVER);
    if (!error)
        ipc_serve(&region_manager.server);
    if (!error)
        give_up();
    for (;;) /* the main thread ends the task */
        l4_sleep_us(1000000);
}

long rm_start(const struct task_infopage *info)
{
    struct region_manager *rm = &region_manager;
    struct l4_thread_control control = {
        .pager = TASK_CAP_PAGER,
        .exc_handler = TASK_CAP_EXCEPTION,
        .task = TASK_CAP_TASK,
        .utcb = (uint64_t)utcbs_alloc(),
    };

    rm->info = info;
    rm->objects = (const struct task_table *)((const char *)info + info->table_at);
    rm->placement = (struct task_placement *)info->placement_address;
    rm_slow_prepare();
    rm_thread = slots_alloc();
    if (!rm_thread || !control.utcb)
        return -ERR_ENOMEM;

    long error = l4_factory_create_thread(TASK_CAP_FACTORY, rm_thread);
    if (error < 0)
        return error;
    l4_debugger_set_name(TASK_CAP_DEBUGGER, rm_thread, "rm");
    error = l4_thread_control(rm_thread, &control);
    if (error >= 0)
        error = l4_scheduler_run(TASK_CAP_SCHEDULER, rm_thread, info->mcp);
    if (error >= 0)
        error = l4_thread_ex_regs(rm_thread, (uint64_t)run, (uint64_t)(stack + RM_STACK - 8), 0);
    if (error < 0)
        return error;

    l4_msgtag_t tag = l4_ipc_receive(rm_thread, L4_NEVER);
    if (l4_msgtag_has_error(tag))
        return -(L4_EIPC + l4_ipc_code());
    return (long)l4_utcb()->mr[0];
}
