/* SPDX-License-Identifier: BSD-2-Clause */
#include "cap_table.h"
#include "print.h"
#include "work.h"

enum { COST_CAP = 100, COST_SLOT = 4 };

static struct cap *slot(struct cap_table *table, uint64_t index, bool allocate)
{
    if (index >= L4_CAP_SLOTS)
        return NULL;
    struct cap *page = page_dir_get(&table->dir, index / CAPS_PER_PAGE, allocate);
    return page ? page + index % CAPS_PER_PAGE : NULL;
}

static bool is_live(const struct cap *cap)
{
    return cap->object && !cap->object->dead;
}

struct cap *cap_lookup(struct cap_table *table, uint64_t index)
{
    return cap_find(table, index);
}

struct cap *cap_slot(struct cap_table *table, uint64_t index)
{
    struct cap *cap = slot(table, index, true);
    if (cap && cap->object && cap->object->dead)
        cap_forget(cap);
    return cap;
}

uint64_t cap_next(struct cap_table *table, uint64_t index, uint64_t end)
{
    while (table->dir.pages && index < end) {
        uint64_t page_end = min_u64((index / CAPS_PER_PAGE + 1) * CAPS_PER_PAGE, end);
        const struct cap *cap = slot(table, index, false);
        if (!cap)
            index = page_end;
        for (; index < page_end; index++, cap++)
            if (is_live(cap))
                return index;
    }
    return end;
}

uint64_t cap_skip(struct cap_table *table, uint64_t index, uint64_t end)
{
    uint64_t page_end = min_u64((index / CAPS_PER_PAGE + 1) * CAPS_PER_PAGE, end);
    work_budget -= COST_SLOT * (long)(page_end - index);
    return cap_next(table, index, page_end);
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
    struct object *object = cap->object;
    if (!(cap->rights & L4_CAP_D)) {
        cap_remove(cap);
        return;
    }
    cap_forget(cap);
    object_kill(object);
}

static void clear_page(struct cap *page)
{
    for (struct cap *cap = page; cap < page + CAPS_PER_PAGE; cap++) {
        if (!cap->object)
            continue;
        if (cap->object->dead)
            cap_forget(cap);
        else
            cap_delete(cap);
        work_pause(COST_CAP);
    }
}

void cap_table_clear(struct cap_table *table)
{
    struct page_dir *dir = &table->dir;
    for (uint64_t i = 0; (i = page_dir_next(dir, i)) < PAGE_DIR_ENTRIES;) {
        clear_page(dir->pages[i]);
        page_dir_drop(dir, i);
        work_pause(COST_SLOT * (long)CAPS_PER_PAGE);
    }
    page_dir_free(dir);
    work_pause(COST_SLOT * PAGE_DIR_ENTRIES);
}
