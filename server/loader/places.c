/* SPDX-License-Identifier: BSD-2-Clause */
#include "places.h"

#include <stdio.h>

#include <task/slots.h>

#include "idl/dm.h"
#include "server/server.h"

/**
 * Maps a copy: the task could make DM_PHYS take pages of the original away while they are read
 * (design rule 8).
 */
static const struct task_placement *map_copy(const struct task *task, struct places *places)
{
    void *page;

    places->copy = slots_alloc();
    if (!places->copy)
        return NULL;
    if (dm_copy(TASK_CAP_DM, task->placement, 0, L4_PAGE_SIZE, "placement", places->copy) < 0) {
        slots_free(places->copy);
        return NULL;
    }
    if (server_map(places->copy, 0, L4_PAGE_SIZE, L4_FPAGE_R, &page) < 0) {
        slots_release(places->copy);
        return NULL;
    }
    return page;
}

void places_open(const struct task *task, struct places *places)
{
    *places = (struct places){
        .table = (const void *)((const char *)task->info + task->info->table_at)};
    places->placement = map_copy(task, places);
    if (places->placement
        && (places->placement->magic != TASK_PLACEMENT_MAGIC
            || places->placement->objects != places->table->objects))
        places_close(places);
}

void places_close(struct places *places)
{
    if (!places->placement)
        return;
    server_unmap((void *)(uintptr_t)places->placement, L4_PAGE_SIZE);
    slots_release(places->copy);
    places->placement = NULL;
}

uint64_t places_base(const struct places *places, uint32_t i)
{
    return places->placement ? places->placement->base[i] : task_object(places->table, i)->base;
}

bool places_find(const struct places *places, uint64_t address, uint32_t *number,
                 uint64_t *offset)
{
    for (uint32_t i = 0; i < places->table->objects && i < TASK_OBJECTS_MAX; i++) {
        const struct task_object *object = task_object(places->table, i);
        uint64_t base = places_base(places, i);
        if (address - base - object->start < object->size) {
            *number = i;
            *offset = address - base;
            return true;
        }
    }
    return false;
}

void places_describe(const struct places *places, uint64_t address, char *text, size_t size)
{
    uint32_t object;
    uint64_t offset;

    text[0] = 0;
    if (places_find(places, address, &object, &offset))
        snprintf(text, size, " (%s+0x%lx)", task_object(places->table, object)->name, offset);
}
