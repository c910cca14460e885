/* SPDX-License-Identifier: BSD-2-Clause */
#include <l4/error.h>

#include "dataspace.h"
#include "manager.h"

/** Shares page @from of @source as page @to of @target. */
static long replace_page(struct store *store, struct dataspace *target, uint64_t to,
                         const struct dataspace *source, uint64_t from)
{
    bool exclusive;
    struct frame *new = tree_lookup(&source->tree, source->base + from, &exclusive);
    struct frame *old = tree_lookup(&target->tree, target->base + to, &exclusive);

    if (new == old)
        return 0;
    if (tree_prepare(store) < 0)
        return -L4_ENOMEM;
    if (new)
        frame_get(new);
    tree_set(store, &target->tree, target->base + to, new);
    tree_settle(store);
    return 0;
}

long ds_replace(struct manager *manager, struct dataspace *target, uint64_t offset,
                struct dataspace *source)
{
    struct page_range all = {0, source->pages};
    struct page_range range = {offset / L4_PAGE_SIZE, source->pages};
    long result = 0;

    if (offset % L4_PAGE_SIZE || target == source || target->pinned || source->pinned)
        return -L4_EINVAL;
    if (range.first > target->pages || range.count > target->pages - range.first)
        return -L4_ERANGE;
    manager_act_for(manager, target->session);
    ds_revoke(manager, target, &range, false);
    ds_revoke(manager, source, &all, true);
    for (uint64_t i = 0; i < range.count && result == 0; i++)
        result = replace_page(&manager->store, target, range.first + i, source, i);
    session_sweep(manager);
    return result;
}
