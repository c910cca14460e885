/* SPDX-License-Identifier: BSD-2-Clause */
#include <l4/types.h>

#include "reply.h"
#include "thread.h"
#include "work.h"

#define SLOTS_PER_DIR (PAGE_DIR_ENTRIES * REPLY_SLOTS_PER_PAGE)

_Static_assert(L4_REPLY_SLOTS == 2 * SLOTS_PER_DIR, "ABI 2.4");

enum { COST_PAGE = 3000, COST_DIR = 4 * PAGE_DIR_ENTRIES };

struct reply_slot *reply_lookup(struct reply_table *table, uint64_t index, bool allocate)
{
    if (index >= L4_REPLY_SLOTS)
        return NULL;
    struct reply_slot *page = page_dir_get(&table->dirs[index / SLOTS_PER_DIR],
                                           index % SLOTS_PER_DIR / REPLY_SLOTS_PER_PAGE, allocate);
    return page ? page + index % REPLY_SLOTS_PER_PAGE : NULL;
}

static void clear_dir(struct page_dir *dir)
{
    for (uint64_t p = 0; (p = page_dir_next(dir, p)) < PAGE_DIR_ENTRIES;) {
        struct reply_slot *page = dir->pages[p];
        for (unsigned i = 0; i < REPLY_SLOTS_PER_PAGE; i++)
            reply_clear(&page[i]);
        page_dir_drop(dir, p);
        work_pause(COST_PAGE);
    }
    page_dir_free(dir);
    work_pause(COST_DIR);
}

void reply_table_clear(struct reply_table *table)
{
    for (unsigned d = 0; d < ARRAY_SIZE(table->dirs); d++)
        if (table->dirs[d].pages)
            clear_dir(&table->dirs[d]);
}
