/* SPDX-License-Identifier: BSD-2-Clause */
#include "dataspace.h"

#include <assert.h>
#include <l4/error.h>
#include <string.h>

#include "manager.h"

/* --- life --- */

/** Checks name and size, allocates; the tree is empty, nothing is charged. */
static long ds_create(struct manager *manager, const struct ds_request *request,
                             struct dataspace **dataspace)
{
    struct session *session = request->session;
    if (request->size == 0)
        return -L4_EINVAL;
    manager_act_for(manager, session);
    if (request->size > DATASPACE_MAX || session->count >= SESSION_DATASPACES_MAX)
        return -L4_ENOMEM;
    struct dataspace *ds = pool_alloc(&manager->dataspaces);
    if (!ds)
        return -L4_ENOMEM;
    ds->session = session;
    ds->pages = (request->size + L4_PAGE_SIZE - 1) / L4_PAGE_SIZE;
    strncpy(ds->name, request->name, sizeof ds->name - 1);
    ds->next = session->first;
    ds->link = &session->first;
    if (ds->next)
        ds->next->link = &ds->next;
    session->first = ds;
    session->count++;
    *dataspace = ds;
    return 0;
}

void ds_close(struct manager *manager, struct dataspace *dataspace)
{
    if (dataspace->window.raw) {
        ds_revoke(manager, dataspace, &(struct page_range){0, dataspace->pages}, false);
        window_free(&manager->windows, dataspace->window, window_order(ds_size(dataspace)));
    }
    dataspace->session->handed -= dataspace->mapped_end - dataspace->mapped_start;
    tree_drop(&manager->store, &dataspace->tree);
    *dataspace->link = dataspace->next;
    if (dataspace->next)
        dataspace->next->link = dataspace->link;
    dataspace->session->count--;
    pool_free(&manager->dataspaces, dataspace);
    session_sweep(manager);
    frames_trim(&manager->store.frames);
}

/* --- open --- */

/**
 * Enters @count frames from @frame on, with one reference each, at @page; if it fails, puts back.
 */
static long enter_frames(struct manager *manager, struct dataspace *ds, uint64_t page,
                         struct frame *frame, uint64_t count)
{
    for (uint64_t i = 0; i < count; i++) {
        if (tree_prepare(&manager->store) < 0) {
            for (; i < count; i++)
                frame_put(&manager->store.frames, frame + i);
            return -L4_ENOMEM;
        }
        tree_set(&manager->store, &ds->tree, ds->base + page + i, frame + i);
    }
    tree_settle(&manager->store);
    return 0;
}

/** Fills the whole dataspace with frames: one run, or the largest blocks there are. */
static long fill(struct manager *manager, struct dataspace *ds,
                 const struct ds_request *request)
{
    struct frames *frames = &manager->store.frames;
    struct frame_request want = {.low = request->low, .payer = &ds->session->account};
    for (uint64_t page = 0; page < ds->pages; page += want.count) {
        unsigned order = 0;
        struct frame *frame;
        want.count = ds->pages - page;
        if (request->contiguous) {
            frame = frames_alloc_run(frames, &want);
        } else {
            frame = frames_alloc_block(frames, &want, &order);
            want.count = 1ull << order;
        }
        if (!frame)
            return -L4_ENOMEM;
        for (uint64_t i = 0; i < want.count; i++)
            frame[i].stale = !request->not_cleared;
        long result = enter_frames(manager, ds, page, frame, want.count);
        if (result < 0)
            return result;
    }
    return 0;
}

long ds_open(struct manager *manager, const struct ds_request *request,
                    struct dataspace **dataspace)
{
    struct dataspace *ds;
    long result = ds_create(manager, request, &ds);
    if (result < 0)
        return result;
    ds->pinned = request->contiguous || request->low;
    if (request->sparse)
        result = 0;
    else if (!account_allows(&ds->session->account, ds_size(ds)))
        result = -L4_ENOMEM;
    else
        result = fill(manager, ds, request);
    if (result < 0) {
        ds_close(manager, ds);
        return result;
    }
    *dataspace = ds;
    return 0;
}

/* --- copy --- */

/** Shares pages [@range) of @source; only the changed path of the trees is touched. */
static long share(struct manager *manager, struct dataspace *ds, struct dataspace *source,
                  const struct page_range *range)
{
    uint64_t start = source->base + range->first;
    bool all = range->count == source->pages;
    if (start + ds->pages > TREE_INDEX_END)
        return -L4_ERANGE;
    if (tree_prepare(&manager->store) < 0)
        return -L4_ENOMEM;
    ds_revoke(manager, source, range, true);
    tree_share(&manager->store, &source->tree, all ? 0 : start,
               all ? TREE_INDEX_END : start + range->count, &ds->tree);
    tree_settle(&manager->store);
    ds->base = ds->tree.root ? start : 0;
    return 0;
}

/** Copies the bytes of pages [@range) of @source, whose frames may not change. */
static long duplicate(struct manager *manager, struct dataspace *ds, struct dataspace *source,
                      const struct page_range *range)
{
    struct frames *frames = &manager->store.frames;
    if (!account_allows(&ds->session->account, range->count * L4_PAGE_SIZE))
        return -L4_ENOMEM;
    for (uint64_t i = 0; i < range->count; i++) {
        bool exclusive;
        struct frame *from = tree_lookup(&source->tree, source->base + range->first + i,
                                         &exclusive);
        struct frame *to = frame_alloc(frames, &ds->session->account);
        if (!to)
            return -L4_ENOMEM;
        memcpy(frame_memory_raw(frames, to), frame_memory(frames, from), L4_PAGE_SIZE);
        frames->copied++;
        to->stale = false;
        long result = enter_frames(manager, ds, i, to, 1);
        if (result < 0)
            return result;
    }
    return 0;
}

long ds_copy(struct manager *manager, const struct ds_request *request,
                    struct dataspace *source, uint64_t offset, struct dataspace **dataspace)
{
    struct dataspace *ds;
    if (offset % L4_PAGE_SIZE != 0)
        return -L4_EINVAL;
    if (offset > ds_size(source))
        return -L4_ERANGE;
    long result = ds_create(manager, request, &ds);
    if (result < 0)
        return result;
    struct page_range range = {offset / L4_PAGE_SIZE, source->pages - offset / L4_PAGE_SIZE};
    if (range.count > ds->pages)
        range.count = ds->pages;
    result = source->pinned ? duplicate(manager, ds, source, &range)
                            : share(manager, ds, source, &range);
    if (result < 0) {
        ds_close(manager, ds);
        return result;
    }
    *dataspace = ds;
    return 0;
}
