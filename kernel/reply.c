/* SPDX-License-Identifier: BSD-2-Clause */
#include <l4/types.h>

#include "reply.h"
#include "thread.h"
#include "work.h"

#define SLOTS_PER_DIR (PAGE_DIR_ENTRIES * REPLY_SLOTS_PER_PAGE)

_Static_assert(L4_REPLY_SLOTS == 2 * SLOTS_PER_DIR, "ABI 2.4");

enum { COST_PAGE = 2000 };

struct reply_slot *reply_lookup(struct reply_table *table, uint64_t index, bool allocate)
{
    if (index >= L4_REPLY_SLOTS)
        return NULL;
    struct reply_slot *page = page_dir_get(&table->dirs[index / SLOTS_PER_DIR],
                                           index % SLOTS_PER_DIR / REPLY_SLOTS_PER_PAGE, allocate);
    return page ? page + index % REPLY_SLOTS_PER_PAGE : NULL;
}

void reply_clear(struct reply_slot *slot)
{
    if (slot->caller)
        slot->caller->ipc.held_in = NULL;
    slot->caller = NULL;
}

void reply_forget(struct thread *caller)
{
    if (caller->ipc.held_in)
        reply_clear(caller->ipc.held_in);
}

void reply_store(struct reply_slot *slot, struct thread *caller, unsigned rights)
{
    reply_clear(slot);
    slot->caller = caller;
    slot->rights = rights;
    caller->ipc.held_in = slot;
}

void reply_table_clear(struct reply_table *table)
{
    for (unsigned d = 0; d < ARRAY_SIZE(table->dirs); d++) {
        for (unsigned p = 0; table->dirs[d].pages && p < PAGE_DIR_ENTRIES; p++) {
            struct reply_slot *page = page_dir_get(&table->dirs[d], p, false);
            if (!page)
                continue;
            for (unsigned i = 0; i < REPLY_SLOTS_PER_PAGE; i++)
                reply_clear(&page[i]);
            page_dir_drop(&table->dirs[d], p);
            work_pause(COST_PAGE);
        }
        page_dir_free(&table->dirs[d]);
    }
}
