/* SPDX-License-Identifier: BSD-2-Clause */
#include "places.h"

#include <stdio.h>

#include <task/slots.h>

#include "server/server.h"

void places_open(const struct task *task, struct places *places)
{
    void *page;

    *places = (struct places){
        .table = (const void *)((const char *)task->info + task->info->table_at)};
    if (server_map(task->placement, 0, L4_PAGE_SIZE, L4_FPAGE_R, &page) < 0)
        return;
    const volatile struct task_placement *placement = page;
    if (placement->magic == TASK_PLACEMENT_MAGIC && placement->objects == places->table->objects)
        places->placement = placement;
    else
        server_unmap(page, L4_PAGE_SIZE);
}

void places_close(struct places *places)
{
    if (places->placement)
        server_unmap((void *)(uintptr_t)places->placement, L4_PAGE_SIZE);
}

uint64_t places_base(const struct places *places, uint32_t i)
{
    return places->placement ? places->placement->base[i] : task_object(places->table, i)->base;
}

void places_describe(const struct places *places, uint64_t address, char *text, size_t size)
{
    text[0] = 0;
    for (uint32_t i = 0; i < places->table->objects && i < TASK_OBJECTS_MAX; i++) {
        const struct task_object *object = task_object(places->table, i);
        uint64_t base = places_base(places, i);
        if (address - base - object->start < object->size) {
            snprintf(text, size, " (%s+0x%lx)", object->name, address - base);
            return;
        }
    }
}
