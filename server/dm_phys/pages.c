/* SPDX-License-Identifier: BSD-2-Clause */
#include <assert.h>
#include <l4/error.h>
#include <string.h>

#include "dataspace.h"
#include "manager.h"

/* What happens to single pages of a dataspace: break, clear, hand out, take away. */

static struct frame *lookup(const struct dataspace *ds, uint64_t page, bool *exclusive)
{
    return tree_lookup(&ds->tree, ds->base + page, exclusive);
}

/** Largest order of an aligned piece that starts at @address and has at most @size bytes. */
static unsigned piece_order(uint64_t address, uint64_t size)
{
    unsigned order = 63 - (unsigned)__builtin_clzll(size);
    if (address != 0 && (unsigned)__builtin_ctzll(address) < order)
        order = (unsigned)__builtin_ctzll(address);
    return order;
}

/* --- taking away --- */

void ds_revoke(struct manager *manager, struct dataspace *ds,
                      const struct page_range *range, bool only_write)
{
    uint64_t start = range->first, end = range->first + range->count;
    if (!ds->window.raw || (only_write && !ds->handed_writable))
        return;
    if (start < ds->mapped_start)
        start = ds->mapped_start;
    if (end > ds->mapped_end)
        end = ds->mapped_end;
    if (start == ds->mapped_start && end == ds->mapped_end)
        ds->handed_writable = false;
    while (start < end) {
        window_t at = {ds->window.raw + start * L4_PAGE_SIZE};
        unsigned order = piece_order(at.raw, (end - start) * L4_PAGE_SIZE);
        (only_write ? manager->kernel.downgrade : manager->kernel.unmap)(manager->kernel_data, at,
                                                                        order);
        start += 1ull << (order - L4_PAGE_SHIFT);
    }
}

/* --- private pages --- */

/** Makes page @page exclusive and its contents valid. */
static long page_own(struct manager *manager, struct dataspace *ds, uint64_t page)
{
    struct frames *frames = &manager->store.frames;
    bool exclusive;
    struct frame *old = lookup(ds, page, &exclusive);
    if (old && exclusive) {
        frame_memory(frames, old);
        return 0;
    }
    assert(!ds->pinned);
    if (!account_allows(&ds->session->account, L4_PAGE_SIZE))
        return -L4_ENOMEM;
    if (tree_prepare(&manager->store) < 0)
        return -L4_ENOMEM;
    struct frame *new = frame_alloc(frames, &ds->session->account);
    if (!new) {
        tree_settle(&manager->store);
        return -L4_ENOMEM;
    }
    if (old && !old->stale) {
        memcpy(frame_memory_raw(frames, new), frame_memory_raw(frames, old), L4_PAGE_SIZE);
        frames->copied++;
        new->stale = false;
    }
    frame_memory(frames, new);
    ds_revoke(manager, ds, &(struct page_range){page, 1}, false);
    tree_set(&manager->store, &ds->tree, ds->base + page, new);
    tree_settle(&manager->store);
    session_sweep(manager);
    return 0;
}

/* --- handing out --- */

/** The frame that page @page shows to readers. */
static struct frame *page_frame(struct manager *manager, const struct dataspace *ds, uint64_t page)
{
    bool exclusive;
    struct frame *frame = lookup(ds, page, &exclusive);
    if (!frame)
        return manager->zero;
    frame_memory(&manager->store.frames, frame);
    return frame;
}

/** Enters @count pages from @page on, which are consecutive frames from @frame on. */
static long enter_run(struct manager *manager, struct dataspace *ds,
                      const struct page_range *range, const struct frame *frame)
{
    uint64_t at = ds->window.raw + range->first * L4_PAGE_SIZE;
    uint64_t left = range->count * L4_PAGE_SIZE;
    paddr_t physical = frame_address(&manager->store.frames, frame);
    while (left > 0) {
        unsigned order = piece_order(at | physical.raw, left);
        long result = manager->kernel.map(manager->kernel_data, (window_t){at}, physical, order);
        if (result < 0)
            return result;
        at += 1ull << order;
        physical.raw += 1ull << order;
        left -= 1ull << order;
    }
    return 0;
}

/** Enters the frames of pages [@range) in the window. *@entered: how many, also after an error. */
static long enter_pages(struct manager *manager, struct dataspace *ds,
                        const struct page_range *range, uint64_t *entered)
{
    *entered = 0;
    while (*entered < range->count) {
        struct page_range run = {range->first + *entered, 1};
        struct frame *frame = page_frame(manager, ds, run.first);
        while (frame != manager->zero && *entered + run.count < range->count
               && page_frame(manager, ds, run.first + run.count) == frame + run.count)
            run.count++;
        long result = enter_run(manager, ds, &run, frame);
        if (result < 0)
            return result;
        *entered += run.count;
    }
    return 0;
}

long ds_window(struct manager *manager, struct dataspace *ds)
{
    if (!ds->window.raw)
        ds->window = window_alloc(&manager->windows, window_order(ds_size(ds)));
    return ds->window.raw ? 0 : -L4_ENOMEM;
}

/** What [mapped_start, mapped_end) becomes when pages [@range) are handed out too. */
static void extend_mapped(const struct dataspace *ds, const struct page_range *range,
                          uint64_t extent[2])
{
    uint64_t end = range->first + range->count;
    bool none = ds->mapped_start == ds->mapped_end;
    extent[0] = none || range->first < ds->mapped_start ? range->first : ds->mapped_start;
    extent[1] = none || end > ds->mapped_end ? end : ds->mapped_end;
}

/** From now on revoke looks at [@range) too; -L4_ENOMEM: the session has too many pages out. */
static long note_mapped(struct dataspace *ds, const struct page_range *range, bool write)
{
    uint64_t extent[2];
    extend_mapped(ds, range, extent);
    uint64_t handed = ds->session->handed + (extent[1] - extent[0])
                      - (ds->mapped_end - ds->mapped_start);
    if (handed > session_handed_max(ds->session))
        return -L4_ENOMEM;
    ds->session->handed = handed;
    ds->mapped_start = extent[0];
    ds->mapped_end = extent[1];
    ds->handed_writable |= write;
    return 0;
}

long ds_map(struct manager *manager, struct dataspace *ds, const struct page_range *range,
                   bool write, uint64_t *ready)
{
    struct page_range now = *range;
    manager_act_for(manager, ds->session);
    long result = ds_window(manager, ds);
    if (now.count > DATASPACE_MAP_MAX)
        now.count = DATASPACE_MAP_MAX;
    for (uint64_t i = 0; write && result == 0 && i < now.count; i++) {
        result = page_own(manager, ds, now.first + i);
        if (result < 0 && i > 0) {
            now.count = i;
            result = 0;
        }
    }
    if (result < 0)
        return result;
    result = note_mapped(ds, &now, write);
    if (result < 0)
        return result;
    result = enter_pages(manager, ds, &now, ready);
    return *ready > 0 ? 0 : result;
}

/* --- the rest --- */

/** Whole page: a hole if the frame is shared, else zeros in place. */
static long page_clear(struct manager *manager, struct dataspace *ds, uint64_t page)
{
    bool exclusive;
    struct frame *frame = lookup(ds, page, &exclusive);
    if (!frame || frame->stale)
        return 0;
    if (exclusive) {
        memset(frame_memory(&manager->store.frames, frame), 0, L4_PAGE_SIZE);
        return 0;
    }
    if (tree_prepare(&manager->store) < 0)
        return -L4_ENOMEM;
    ds_revoke(manager, ds, &(struct page_range){page, 1}, false);
    tree_set(&manager->store, &ds->tree, ds->base + page, NULL);
    tree_settle(&manager->store);
    session_sweep(manager);
    return 0;
}

static long page_clear_part(struct manager *manager, struct dataspace *ds, uint64_t offset,
                            uint64_t size)
{
    bool exclusive;
    struct frame *frame = lookup(ds, offset / L4_PAGE_SIZE, &exclusive);
    if (!frame || frame->stale)
        return 0;
    long result = page_own(manager, ds, offset / L4_PAGE_SIZE);
    if (result < 0)
        return result;
    frame = lookup(ds, offset / L4_PAGE_SIZE, &exclusive);
    memset((uint8_t *)frame_memory(&manager->store.frames, frame) + offset % L4_PAGE_SIZE, 0, size);
    return 0;
}

long ds_clear(struct manager *manager, struct dataspace *ds, uint64_t offset, uint64_t size)
{
    long result = 0;
    manager_act_for(manager, ds->session);
    while (size > 0 && result == 0) {
        uint64_t part = L4_PAGE_SIZE - offset % L4_PAGE_SIZE;
        if (part > size)
            part = size;
        result = part == L4_PAGE_SIZE ? page_clear(manager, ds, offset / L4_PAGE_SIZE)
                                      : page_clear_part(manager, ds, offset, part);
        offset += part;
        size -= part;
    }
    return result;
}

long ds_physical(struct manager *manager, struct dataspace *ds, uint64_t offset,
                        paddr_t *address, uint64_t *size)
{
    bool exclusive;
    if (!ds->pinned)
        return -L4_EPERM;
    uint64_t page = offset / L4_PAGE_SIZE;
    const struct frame *frame = lookup(ds, page, &exclusive);
    uint64_t count = 1;
    while (page + count < ds->pages && lookup(ds, page + count, &exclusive) == frame + count)
        count++;
    *address = frame_address(&manager->store.frames, frame);
    address->raw += offset % L4_PAGE_SIZE;
    *size = count * L4_PAGE_SIZE - offset % L4_PAGE_SIZE;
    return 0;
}
