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

/** The pages of an object's image that relocations write, as range of image offsets. */
struct span {
    uint64_t start, end;
};

static bool page_is_relocated(const struct elf_object *elf, const struct elf_section *section,
                              uint64_t offset)
{
    const struct elf_segment *segment = &elf->segments[section->segment];
    uint64_t page = (section->vaddr + offset - (segment->vaddr & L4_PAGE_MASK)) / L4_PAGE_SIZE;
    uint64_t bit = segment->first_bit + page;

    return elf->relocated[bit / 64] >> (bit % 64) & 1;
}

static struct span relocated_span(const struct elf_object *elf)
{
    struct span span = {.start = UINT64_MAX};

    for (uint32_t i = 0; i < elf->section_count; i++) {
        const struct elf_section *section = &elf->sections[i];
        if (section->kind != ELF_WRITTEN)
            continue;
        for (uint64_t at = 0; at < section->size; at += L4_PAGE_SIZE) {
            if (!page_is_relocated(elf, section, at))
                continue;
            if (section->offset + at < span.start)
                span.start = section->offset + at;
            if (section->offset + at + L4_PAGE_SIZE > span.end)
                span.end = section->offset + at + L4_PAGE_SIZE;
        }
    }
    return span;
}

/** Unmaps what map_images() has mapped of the first @count objects. */
static void unmap_images(const struct set *set, struct elf_place *places, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        struct span span = relocated_span(set->objects[i]->elf);
        if (places[i].image)
            server_unmap((char *)places[i].image + span.start, span.end - span.start);
    }
}

/**
 * Maps the pages of the task's written sections that relocations may write; they become the task's
 * own by that. The start-up library is left alone: it runs already.
 */
static long map_images(const struct client *client, struct elf_place *places)
{
    const struct set *set = client->set;

    for (uint32_t i = 0; i < set->count; i++) {
        struct span span = relocated_span(set->objects[i]->elf);
        void *address;
        places[i].image = NULL;
        if (i == set->startup || span.end == 0)
            continue;
        long error = server_map(client->written, set->image_at[i] + span.start,
                                span.end - span.start, L4_FPAGE_RW, &address);
        if (error < 0) {
            unmap_images(set, places, i);
            return error;
        }
        places[i].image = (char *)address - span.start;
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
