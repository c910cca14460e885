/* SPDX-License-Identifier: BSD-2-Clause */
#include "cap_table.h"
#include "print.h"

static struct cap *slot(struct cap_table *table, uint64_t index, bool allocate)
{
    if (index >= L4_CAP_SLOTS)
        return NULL;
    struct cap *page = page_dir_get(&table->dir, index / CAPS_PER_PAGE, allocate);
    return page ? page + index % CAPS_PER_PAGE : NULL;
}

struct cap *cap_lookup(struct cap_table *table, uint64_t index)
{
    struct cap *cap = slot(table, index, false);
    return cap && cap->object ? cap : NULL;
}

struct cap *cap_slot(struct cap_table *table, uint64_t index)
{
    return slot(table, index, true);
}

uint64_t cap_next(struct cap_table *table, uint64_t index, uint64_t end)
{
    while (table->dir.pages && index < end) {
        uint64_t page_end = min_u64((index / CAPS_PER_PAGE + 1) * CAPS_PER_PAGE, end);
        const struct cap *cap = slot(table, index, false);
        if (!cap)
            index = page_end;
        for (; index < page_end; index++, cap++)
            if (cap->object)
                return index;
    }
    return end;
}

void cap_insert(struct cap *cap, struct cap_value value)
{
    assert(!cap->object && !value.object->dead);
    cap->object = value.object;
    cap->rights = value.rights & CAP_RIGHTS;
    cap->attributes = value.attributes & CAP_ATTRIBUTES;
    cap->weak = value.weak;
    list_append(&value.object->caps, &cap->in_object);
    if (!value.weak)
        value.object->counted++;
}

void cap_forget(struct cap *cap)
{
    list_remove(&cap->in_object);
    cap->object = NULL;
}

/*
 * The count may have been lowered below the number of slots (gate decrement), so any counted slot
 * that goes may be the one that brings it to zero; and with no slot left at all nobody can ever
 * reach the object again.
 */
void cap_remove(struct cap *cap)
{
    struct object *object = cap->object;
    bool weak = cap->weak;
    cap_forget(cap);
    if (!weak && object->counted > 0)
        object->counted--;
    if ((!weak && object->counted == 0) || list_empty(&object->caps))
        object_kill(object);
}

void cap_delete(struct cap *cap)
{
    if (cap->rights & L4_CAP_D)
        object_kill(cap->object);
    else
        cap_remove(cap);
}

void cap_table_clear(struct cap_table *table)
{
    for (uint64_t i = cap_next(table, 0, L4_CAP_SLOTS); i < L4_CAP_SLOTS;
         i = cap_next(table, i, L4_CAP_SLOTS))
        cap_delete(cap_lookup(table, i));
    page_dir_free(&table->dir);
}
