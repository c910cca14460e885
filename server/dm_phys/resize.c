/* SPDX-License-Identifier: BSD-2-Clause */
#include <l4/error.h>

#include "dataspace.h"
#include "manager.h"

/** Forgets what was handed out from page @end on, or all of it with @end 0. */
static void forget_mapped(struct dataspace *ds, uint64_t end)
{
    uint64_t before = ds->mapped_end - ds->mapped_start;

    if (ds->mapped_end > end)
        ds->mapped_end = end;
    if (ds->mapped_start > ds->mapped_end)
        ds->mapped_start = ds->mapped_end;
    ds->session->handed -= before - (ds->mapped_end - ds->mapped_start);
}

/** A window of another size has another place: everybody asks again. */
static void drop_window(struct manager *manager, struct dataspace *ds)
{
    if (!ds->window.raw)
        return;
    ds_revoke(manager, ds, &(struct page_range){0, ds->pages}, false);
    window_free(&manager->windows, ds->window, window_order(ds_size(ds)));
    ds->window.raw = 0;
    forget_mapped(ds, 0);
}

/** Keeps the first @pages pages. */
static long shrink(struct manager *manager, struct dataspace *ds, uint64_t pages)
{
    struct tree kept = {0};

    if (tree_prepare(&manager->store) < 0)
        return -L4_ENOMEM;
    if (window_order(pages * L4_PAGE_SIZE) != window_order(ds_size(ds))) {
        drop_window(manager, ds);
    } else {
        ds_revoke(manager, ds, &(struct page_range){pages, ds->pages - pages}, false);
        forget_mapped(ds, pages);
    }
    tree_share(&manager->store, &ds->tree, ds->base, ds->base + pages, &kept);
    tree_settle(&manager->store);
    tree_drop(&manager->store, &ds->tree);
    ds->tree = kept;
    if (!kept.root)
        ds->base = 0;
    ds->pages = pages;
    session_sweep(manager);
    return 0;
}

/** Fills pages from the end on, up to @pages, with frames of its own. */
static long grow(struct manager *manager, struct dataspace *ds, uint64_t pages)
{
    struct frames *frames = &manager->store.frames;

    if (!account_allows(&ds->session->account, (pages - ds->pages) * L4_PAGE_SIZE))
        return -L4_ENOMEM;
    if (ds->base + pages > TREE_INDEX_END)
        return -L4_ENOMEM;
    if (window_order(pages * L4_PAGE_SIZE) != window_order(ds_size(ds)))
        drop_window(manager, ds);
    for (; ds->pages < pages; ds->pages++) {
        if (tree_prepare(&manager->store) < 0)
            return -L4_ENOMEM;
        struct frame *frame = frame_alloc(frames, &ds->session->account);
        if (!frame) {
            tree_settle(&manager->store);
            return -L4_ENOMEM;
        }
        frame->stale = true;
        tree_set(&manager->store, &ds->tree, ds->base + ds->pages, frame);
        tree_settle(&manager->store);
    }
    return 0;
}

long ds_resize(struct manager *manager, struct dataspace *ds, uint64_t size)
{
    uint64_t pages = size / L4_PAGE_SIZE + (size % L4_PAGE_SIZE != 0), before = ds->pages;

    if (size == 0 || ds->pinned)
        return -L4_EINVAL;
    if (size > DATASPACE_MAX)
        return -L4_ENOMEM;
    manager_act_for(manager, ds->session);
    long result = pages < before ? shrink(manager, ds, pages) : grow(manager, ds, pages);
    if (result < 0 && ds->pages > before)
        shrink(manager, ds, before);
    frames_trim(&manager->store.frames);
    return result;
}
