/* SPDX-License-Identifier: BSD-2-Clause */
#include "errors/errors.h"
#include "rm/manager.h"

/*
 * Step 6 of the paper's 2.2: the region manager has the last word on where objects are. An object
 * goes to its suggested address if that is free; else, unless it is linked to fixed addresses, to
 * a free one, and exec links again what refers to it (step 7).
 */

static long attach_object(struct region_manager *rm, const struct task_object *object,
                           uint64_t base)
{
    const struct task_section *section = task_section(rm->objects, object->first_section);

    for (uint32_t i = 0; i < object->sections; i++, section++) {
        struct region region = {
            .start = base + section->offset,
            .end = base + section->offset + section->size,
            .dataspace = section->flags & TASK_SECTION_STARTUP ? 0 : section->ds_slot,
            .offset = section->ds_offset,
            .rights = section->flags & (TASK_SECTION_R | TASK_SECTION_W | TASK_SECTION_X),
        };
        if (section->flags & TASK_SECTION_RELRO)
            region.rights &= ~(unsigned)TASK_SECTION_W;
        long error = rm_insert(rm, &region);
        if (error)
            return error;
    }
    return 0;
}

/** Finds the base at which @object will be; the base of a fixed object is 0 and stays. */
static long choose_base(struct region_manager *rm, const struct task_object *object, uint64_t *base)
{
    uint64_t start = object->base + object->start;

    *base = object->base;
    if (regions_free(&rm->regions, start, start + object->size))
        return 0;
    if (object->flags & (TASK_OBJECT_FIXED | TASK_OBJECT_STARTUP))
        return -ERR_EOVERLAP;
    uint64_t free = regions_find_free(&rm->regions, object->size, 21);
    *base = free - object->start;
    return free ? 0 : -ERR_ENOMEM;
}

/* Fixed objects have no choice, so they come first. */
static long place_all(struct region_manager *rm, bool fixed)
{
    for (uint32_t i = 0; i < rm->objects->objects; i++) {
        const struct task_object *object = task_object(rm->objects, i);
        bool has_no_choice = object->flags & (TASK_OBJECT_FIXED | TASK_OBJECT_STARTUP);
        if (has_no_choice != fixed)
            continue;
        uint64_t base;
        long error = choose_base(rm, object, &base);
        if (!error)
            error = attach_object(rm, object, base);
        if (error)
            return error;
        if (base != object->base)
            rm->moved++;
        rm->placement->base[i] = base;
    }
    return 0;
}

long rm_place_objects(struct region_manager *rm)
{
    rm->placement->magic = TASK_PLACEMENT_MAGIC;
    rm->placement->objects = rm->objects->objects;
    long error = place_all(rm, true);
    return error ? error : place_all(rm, false);
}
