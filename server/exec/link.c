/* SPDX-License-Identifier: BSD-2-Clause */
#include "link.h"

#include <string.h>

#include <task/infopage.h>

#include "counters.h"
#include "errors/errors.h"
#include "idl/dm.h"
#include "memory.h"

/** exec's copy of a task's placement table. */
struct placement {
    uint32_t magic;
    uint32_t objects;
    uint64_t base[TASK_OBJECTS_MAX];
};

static long read_placement(const struct ipc_bulk_in *bulk, struct placement *placement)
{
    struct memory_source source = {
        .dataspace = bulk->dataspace.slot,
        .offset = bulk->offset,
        .size = L4_PAGE_SIZE,
    };
    struct memory copy;

    if (bulk->length > sizeof *placement || (bulk->offset & ~L4_PAGE_MASK))
        return -ERR_EINVAL;
    long error = memory_snapshot(&copy, &source, L4_FPAGE_R, "placement");
    if (error)
        return error;
    memset(placement, 0, sizeof *placement);
    memcpy(placement, copy.address, bulk->length);
    memory_close(&copy);
    return 0;
}

/** Every object at a possible address; what cannot move has not moved. */
static bool plausible(const struct set *set, const struct placement *placement)
{
    if (placement->magic != TASK_PLACEMENT_MAGIC || placement->objects != set->count)
        return false;
    for (uint32_t i = 0; i < set->count; i++) {
        const struct elf_object *elf = set->objects[i]->elf;
        uint64_t base;
        if ((elf->fixed || i == set->startup) && placement->base[i] != set->bases[i])
            return false;
        if (elf_base(elf, placement->base[i] + elf->start, &base) < 0)
            return false;
    }
    return true;
}

/**
 * A second step in progress. It works on copies of the pages that linking touches, which only exec
 * has: by what a task does to its written sections meanwhile DM_PHYS would take them away.
 */
struct work {
    const struct client *client;
    struct memory copies[TASK_OBJECTS_MAX]; /* size 0: nothing to do */
    struct elf_place places[TASK_OBJECTS_MAX];
};

static void close_copies(struct work *work)
{
    for (uint32_t i = 0; i < work->client->set->count; i++)
        if (work->copies[i].size)
            memory_close(&work->copies[i]);
}

/** Paid for by the task. The start-up library is left alone: it runs already. */
static long open_copies(struct work *work)
{
    const struct client *client = work->client;
    const struct set *set = client->set;

    for (uint32_t i = 0; i < set->count; i++) {
        struct elf_range touched = elf_set_touched(&set->elf, i);
        struct memory_source source = {
            .session = client->dm,
            .dataspace = client->written,
            .offset = set->image_at[i] + touched.start,
            .size = touched.end - touched.start,
        };
        if (i == set->startup || touched.end == 0)
            continue;
        long error = memory_snapshot(&work->copies[i], &source, L4_FPAGE_RW, "link");
        if (error) {
            work->copies[i].size = 0;
            return error;
        }
        work->places[i].image = (char *)work->copies[i].address - touched.start;
    }
    return 0;
}

/** The task sees what has been linked. */
static long give_back_copies(const struct work *work)
{
    const struct set *set = work->client->set;
    long error = 0;

    for (uint32_t i = 0; i < set->count && !error; i++)
        if (work->copies[i].size)
            error = dm_replace(TASK_CAP_DM, work->client->written,
                               set->image_at[i] + elf_set_touched(&set->elf, i).start,
                               work->copies[i].dataspace);
    return error;
}

static long relocate(struct work *work, const struct placement *placement, uint32_t *relocations)
{
    const struct set *set = work->client->set;
    struct elf_counts counts = {0};
    struct elf_report report;
    char text[256];

    for (uint32_t i = 0; i < set->count; i++) {
        work->places[i].base = placement->base[i];
        work->places[i].linked = set->bases[i];
    }
    elf_report_init(&report, text, sizeof text);
    long error = elf_set_relocate(&set->elf, work->places, &counts, &report);
    counters.relinks++;
    counters.relocations += counts.relocations;
    *relocations = (uint32_t)counts.relocations;
    return error;
}

long link_again(struct client *client, const struct ipc_bulk_in *bulk, uint32_t *relocations)
{
    struct work work = {.client = client};
    struct placement placement;

    long error = read_placement(bulk, &placement);
    if (error)
        return error;
    if (!plausible(client->set, &placement))
        return -ERR_EINVAL;
    error = open_copies(&work);
    if (!error)
        error = relocate(&work, &placement, relocations);
    if (!error)
        error = give_back_copies(&work);
    close_copies(&work);
    return error;
}
