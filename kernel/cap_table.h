/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <l4/fpage.h>
#include <l4/types.h>

#include "object.h"
#include "page_dir.h"

/**
 * A capability: one slot of a task's table. If `object` is set it is on the object's list. It is
 * occupied if moreover the object is not dead; if that is, the slot is as good as empty, and soon
 * will be.
 */
struct cap {
    struct object *object;
    struct list in_object;
    uint8_t rights;     /* L4_CAP_W | L4_CAP_S | L4_CAP_D; R is implied */
    uint8_t attributes; /* L4_ITEM_SERVER and the other object attributes kept */
    bool weak;          /* does not count */
    uint32_t pad;
};

#define CAPS_PER_PAGE (PAGE_SIZE / sizeof(struct cap))
_Static_assert(L4_CAP_SLOTS == PAGE_DIR_ENTRIES * CAPS_PER_PAGE, "ABI 2.1");

#define CAP_RIGHTS     (L4_CAP_W | L4_CAP_S | L4_CAP_D)
#define CAP_ATTRIBUTES 0xe0

struct cap_table {
    struct page_dir dir;
};

/** The same as cap_lookup(), for where it shall take no time. */
static inline struct cap *cap_find(const struct cap_table *table, uint64_t index)
{
    if (index >= L4_CAP_SLOTS || !table->dir.pages)
        return NULL;
    struct cap *page = table->dir.pages[index / CAPS_PER_PAGE], *cap = page + index % CAPS_PER_PAGE;
    return page && cap->object && !cap->object->dead ? cap : NULL;
}

/** The capability in slot @index, NULL if it is empty or out of range. */
struct cap *cap_lookup(struct cap_table *table, uint64_t index);

/** Slot @index, occupied or empty; allocates it. NULL: out of range or out of memory. */
struct cap *cap_slot(struct cap_table *table, uint64_t index);

/** First occupied slot in [@index, @end), @end if there is none; @end <= L4_CAP_SLOTS. */
uint64_t cap_next(struct cap_table *table, uint64_t index, uint64_t end);

/** The same, but it may return an empty slot before that: so it does not take long. */
uint64_t cap_skip(struct cap_table *table, uint64_t index, uint64_t end);

/** Rights and kind of a capability to be made. */
struct cap_value {
    struct object *object;
    uint8_t rights, attributes;
    bool weak;
};

/** A new object's capability: all rights, counted. */
static inline struct cap_value cap_full(struct object *object)
{
    return (struct cap_value){object, CAP_RIGHTS, CAP_ATTRIBUTES, false};
}

/** Fills the empty slot @cap. */
void cap_insert(struct cap *cap, struct cap_value value);

/** Empties the slot; kills the object if this was the last capability that counted. */
void cap_remove(struct cap *cap);

/** The same, but kills the object if the capability has D ("overwriting deletes"). */
void cap_delete(struct cap *cap);

/** Empties the slot and nothing else: for object_reap(). */
void cap_forget(struct cap *cap);

/** Empties the whole table, deleting what is held with D, and frees its memory; pauses (work.h). */
void cap_table_clear(struct cap_table *table);
