/* SPDX-License-Identifier: BSD-2-Clause */
#include "io_space.h"
#include "map_item.h"

enum { COST_MAP = 150, COST_UNMAP = 80 };

#define UNMAP_DELETE_BIT 0x40000000ull

/** Source, target and size after the hot spot has been applied; units of the type. */
struct range {
    uint64_t source, target;
    unsigned order;
};

static struct range intersect(uint64_t source, unsigned source_order, l4_fpage_t window,
                              uint64_t window_base, uint64_t hot_spot)
{
    bool whole = l4_fpage_type(window) == L4_FPAGE_SPECIAL;
    unsigned order = whole ? L4_WHOLE_SPACE : l4_fpage_order(window);
    uint64_t target = whole ? 0 : align_down(window_base, order);
    source = align_down(source, source_order);
    if (order >= source_order) {
        uint64_t offset = hot_spot & ((1ull << order) - 1);
        return (struct range){source, target + align_down(offset, source_order), source_order};
    }
    uint64_t offset = hot_spot & ((1ull << source_order) - 1);
    return (struct range){source + align_down(offset, order), target, order};
}

static map_count_t map_memory(const struct map_item *m)
{
    unsigned order = l4_fpage_order(m->fpage);
    struct range r = intersect(l4_fpage_address(m->fpage), order, m->window,
                               l4_fpage_address(m->window), align_down(m->word0, PAGE_SHIFT));
    if (r.order < PAGE_SHIFT || r.source >= USER_END || r.target >= USER_END)
        return 0;
    struct map_request request = {
        .from = &m->from->space,
        .to = &m->to->space,
        .source = r.source,
        .target = r.target,
        .size = min_u64(1ull << r.order, USER_END - max_u64(r.source, r.target)),
        .rights = l4_fpage_rights(m->fpage) & L4_FPAGE_RWX,
        .item = m->word0,
    };
    return mapping_map(&request, m->work);
}

/* 1: mapped, 0: nothing there (any more), -1: no memory. */
static int map_cap(const struct map_item *m, uint64_t from, uint64_t to)
{
    struct cap *source = cap_lookup(&m->from->caps, from);
    unsigned fpage_rights = l4_fpage_rights(m->fpage);
    if (!source || !(fpage_rights & L4_CAP_R))
        return 0;
    struct cap *target = cap_slot(&m->to->caps, to);
    if (!target)
        return -1;
    struct object *object = source->object;
    struct cap_value copy = {
        .object = object,
        .rights = source->rights & fpage_rights & (m->strong ? 0xff : ~L4_CAP_S),
        .attributes = source->attributes & m->word0 & L4_ITEM_ATTR_MASK,
        .weak = m->word0 & L4_ITEM_WEAK,
    };
    if (target->object)
        cap_delete(target); /* overwriting deletes, and that may hit the source */
    if (source->object != object || object->dead)
        return 0;
    cap_insert(target, copy);
    if (m->word0 & L4_ITEM_GRANT)
        cap_remove(source);
    return 1;
}

static map_count_t map_caps(const struct map_item *m)
{
    struct range r = intersect(l4_fpage_index(m->fpage), l4_fpage_order(m->fpage), m->window,
                               l4_fpage_index(m->window), m->word0 >> L4_CAP_SHIFT);
    uint64_t end = min_u64(r.source + (1ull << r.order), L4_CAP_SLOTS);
    struct work *work = m->work;
    int done = 0;
    for (uint64_t i = r.source + work->done; i < end;
         i = cap_skip(&m->from->caps, i + 1, end)) {
        uint64_t to = r.target + (i - r.source);
        done = to < L4_CAP_SLOTS ? map_cap(m, i, to) : 0;
        if (done < 0)
            break;
        work->count += done;
        work->done = i + 1 - r.source;
        work_pause(COST_MAP);
    }
    map_count_t count = done < 0 ? done : work->count;
    work->done = 0;
    work->count = 0;
    return count;
}

map_count_t map_item(const struct map_item *m)
{
    switch (l4_fpage_type(m->fpage)) {
    case L4_FPAGE_MEMORY:
        return map_memory(m);
    case L4_FPAGE_OBJ:
        return map_caps(m);
    case L4_FPAGE_IO:
        return io_map(m->from, m->to, m->fpage, m->window);
    default:
        return 0;
    }
}

static void unmap_cap(struct cap *cap, unsigned rights, uint64_t mask)
{
    if (!(rights & L4_CAP_R))
        cap->rights &= (uint8_t)~(rights & (L4_CAP_W | L4_CAP_S));
    else if (mask & UNMAP_DELETE_BIT)
        cap_delete(cap);
    else
        cap_remove(cap);
}

static void unmap_caps(struct task *task, l4_fpage_t fpage, uint64_t mask, struct work *work)
{
    unsigned order = l4_fpage_order(fpage);
    uint64_t start = align_down(l4_fpage_index(fpage), order);
    uint64_t end = min_u64(start + (1ull << order), L4_CAP_SLOTS);
    if (!(mask & L4_UNMAP_ALL_SPACES))
        return; /* capabilities are copies: there is nothing below this one */
    for (uint64_t i = start + work->done; i < end; i = cap_skip(&task->caps, i + 1, end)) {
        struct cap *cap = cap_lookup(&task->caps, i);
        if (cap)
            unmap_cap(cap, l4_fpage_rights(fpage), mask);
        work->done = i + 1 - start;
        work_pause(COST_UNMAP);
    }
}

static void unmap_memory(struct task *task, l4_fpage_t fpage, uint64_t mask, struct work *work)
{
    unsigned order = l4_fpage_order(fpage);
    uint64_t start = align_down(l4_fpage_address(fpage), order);
    if (order < PAGE_SHIFT || start >= USER_END)
        return;
    uint64_t size = min_u64(1ull << order, USER_END - start);
    mapping_unmap(&work->unmapping, &(struct unmap_request){
        &task->space, start, start + size, l4_fpage_rights(fpage), mask & L4_UNMAP_ALL_SPACES});
}

void unmap_fpage(struct task *task, l4_fpage_t fpage, uint64_t mask, struct work *work)
{
    unsigned rights = l4_fpage_rights(fpage), type = l4_fpage_type(fpage);
    if (type == L4_FPAGE_SPECIAL && l4_fpage_order(fpage) == L4_WHOLE_SPACE) {
        unmap_caps(task, l4_fpage_obj(0, 16, rights), mask, work);
        io_unmap(task, l4_fpage_io(0, 16, rights), mask & L4_UNMAP_ALL_SPACES);
        unmap_memory(task, l4_fpage_mem(0, L4_WHOLE_SPACE, rights), mask, work);
    } else if (type == L4_FPAGE_MEMORY) {
        unmap_memory(task, fpage, mask, work);
    } else if (type == L4_FPAGE_OBJ) {
        unmap_caps(task, fpage, mask, work);
    } else if (type == L4_FPAGE_IO) {
        io_unmap(task, fpage, mask & L4_UNMAP_ALL_SPACES);
    }
}
