/* SPDX-License-Identifier: BSD-2-Clause */
#include "link.h"

#include <string.h>

#include <task/infopage.h>

#include "counters.h"
#include "errors/errors.h"
#include "server/server.h"

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

/** Unmaps what map_images() has mapped of the first @count objects. */
static void unmap_images(const struct set *set, struct elf_place *places, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        struct elf_range touched = elf_set_touched(&set->elf, i);
        if (places[i].image)
            server_unmap((char *)places[i].image + touched.start, touched.end - touched.start);
    }
}

/**
 * Maps the pages of the task's written sections that linking touches; they become the task's
 * own by that. The start-up library is left alone: it runs already.
 */
static long map_images(const struct client *client, struct elf_place *places)
{
    const struct set *set = client->set;

    for (uint32_t i = 0; i < set->count; i++) {
        struct elf_range touched = elf_set_touched(&set->elf, i);
        void *address;
        places[i].image = NULL;
        if (i == set->startup || touched.end == 0)
            continue;
        long error = server_map(client->written, set->image_at[i] + touched.start,
                                touched.end - touched.start, L4_FPAGE_RW, &address);
        if (error < 0) {
            unmap_images(set, places, i);
            return error;
        }
        places[i].image = (char *)address - touched.start;
    }
    return 0;
}

long link_again(struct client *client, const struct ipc_bulk_in *bulk, uint32_t *relocations)
{
    const struct set *set = client->set;
    struct elf_place places[TASK_OBJECTS_MAX];
    struct elf_counts counts = {0};
    struct placement placement;
    char text[256];
    struct elf_report report;

    long error = read_placement(bulk, &placement);
    if (error)
        return error;
    if (!plausible(set, &placement))
        return -ERR_EINVAL;
    error = map_images(client, places);
    if (error)
        return error;
    for (uint32_t i = 0; i < set->count; i++) {
        places[i].base = placement.base[i];
        places[i].linked = set->bases[i];
    }
    elf_report_init(&report, text, sizeof text);
    error = elf_set_relocate(&set->elf, places, &counts, &report);
    unmap_images(set, places, set->count);
    counters.relinks++;
    counters.relocations += counts.relocations;
    *relocations = (uint32_t)counts.relocations;
    return error;
}
