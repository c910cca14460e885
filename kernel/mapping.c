/* SPDX-License-Identifier: BSD-2-Clause */
#include "kip.h"
#include "mapping.h"
#include "print.h"

SLAB(mappings, "mapping", sizeof(struct mapping));

static uint64_t address_of(const struct mapping *m)
{
    return (uint64_t)m->page << PAGE_SHIFT;
}

static void slot_of(const struct mapping *m, struct slot *slot)
{
    bool found = space_slot(m->space, address_of(m), false, slot);
    assert(found && *slot->mapping == m);
}

/* Enters @m behind @position in its tree; NULL: @m is the root of a new one. */
static void link(struct mapping *m, struct mapping *position)
{
    m->prev = position;
    m->next = position ? position->next : NULL;
    if (m->next)
        m->next->prev = m;
    if (position)
        position->next = m;
}

static void unlink(struct mapping *m)
{
    if (m->next)
        m->next->prev = m->prev;
    if (m->prev)
        m->prev->next = m->next;
}

static struct mapping *create(struct space *space, uint64_t va, struct mapping *parent)
{
    struct mapping *m = quota_alloc(space->quota, &mappings);
    if (!m)
        return NULL;
    m->space = space;
    m->page = va >> PAGE_SHIFT;
    m->depth = parent ? parent->depth + 1 : 0;
    link(m, parent);
    return m;
}

static void remove(struct mapping *m)
{
    struct slot slot;
    slot_of(m, &slot);
    page_set(m->space, address_of(m), &slot, (struct page){{0}, 0, 0});
    *slot.mapping = NULL;
    unlink(m);
    quota_free(m->space->quota, &mappings, m);
}

static void downgrade(struct mapping *m, unsigned rights)
{
    struct slot slot;
    slot_of(m, &slot);
    struct page page = page_get(&slot);
    page.rights &= ~rights;
    page_set(m->space, address_of(m), &slot, page);
}

/* Applies an unmap to the subtree of @m, without @m itself. */
static void unmap_children(struct mapping *m, unsigned rights)
{
    struct mapping *child = m->next;
    while (child && child->depth > m->depth) {
        struct mapping *next = child->next;
        if (rights & L4_FPAGE_R)
            remove(child);
        else
            downgrade(child, rights);
        child = next;
    }
}

static void unmap(struct mapping *m, unsigned rights, bool self)
{
    unmap_children(m, rights);
    if (self && (rights & L4_FPAGE_R))
        remove(m);
    else if (self)
        downgrade(m, rights);
}

static struct mapping *parent_of(struct mapping *m)
{
    struct mapping *p = m->prev;
    while (p && p->depth >= m->depth)
        p = p->prev;
    return p;
}

/* sigma0: the page at @va is the frame at the same address, except where the kernel lives. */
static struct mapping *make_up(struct space *space, uint64_t va, struct slot *slot)
{
    if (!kip_user_may_own(va) || !space_slot(space, va, true, slot))
        return NULL;
    struct mapping *m = create(space, va, NULL);
    if (!m)
        return NULL;
    *slot->mapping = m;
    page_set(space, va, slot, (struct page){{va}, L4_FPAGE_RWX, 0});
    return m;
}

/* The slot of @va, if @slot is not that already. */
static bool find_slot(struct space *space, uint64_t va, bool allocate, struct slot *slot)
{
    return slot->pte || space_slot(space, va, allocate, slot);
}

/* Moves @slot, of the page before @va or unknown, to @va, at least to "unknown". */
static void advance(struct slot *slot, uint64_t va)
{
    if (va % SPACE_TABLE_SPAN == 0)
        slot->pte = NULL;
    else if (slot->pte)
        slot->pte++, slot->mapping++;
}

/* The mapping of @va, whose @slot may be known already. */
static struct mapping *lookup(struct space *space, uint64_t va, struct slot *slot)
{
    if (find_slot(space, va, false, slot) && page_get(slot).rights)
        return *slot->mapping;
    return space->everything && !space->closed ? make_up(space, va, slot) : NULL;
}

struct mapping *mapping_lookup(struct space *space, uint64_t va, struct slot *slot)
{
    slot->pte = NULL;
    return lookup(space, va, slot);
}

static unsigned cache_type(uint64_t item, unsigned inherited)
{
    switch (item & 0x70) {
    case L4_ITEM_UNCACHED:
        return PTE_UNCACHED;
    case L4_ITEM_BUFFERED:
        return PTE_WRITE_COMBINING;
    case L4_ITEM_CACHED:
        return 0;
    default:
        return inherited;
    }
}

/* Moves @source with its children to (@to, @va), whose slot is empty. */
static bool grant(struct mapping *source, const struct map_request *r, struct slot *slot,
                  struct page page)
{
    if (!quota_charge(r->to->quota, mappings.size))
        return false;
    struct slot old;
    uint64_t va = address_of(source);
    slot_of(source, &old);
    page_set(source->space, va, &old, (struct page){{0}, 0, 0});
    *old.mapping = NULL;
    quota_refund(source->space->quota, mappings.size);
    source->space = r->to;
    source->page = r->target >> PAGE_SHIFT;
    *slot->mapping = source;
    page_set(r->to, r->target, slot, page);
    return true;
}

/*
 * One page; @from and @to are its slots, or unknown. What is at the target already is either the
 * same frame from the same source, then rights are added, or something else, then it goes - and
 * with it the source, if that was a child of it. 1: mapped, 0: nothing to map, -1: no memory.
 */
static int map_page(const struct map_request *r, struct slot *from, struct slot *to)
{
    struct mapping *source = lookup(r->from, r->source, from);
    if (!source)
        return 0;
    struct page page = page_get(from);
    page.rights &= r->rights;
    page.cache = cache_type(r->item, page.cache);
    if (page.rights == 0)
        return 0;
    page.rights |= L4_FPAGE_R; /* amd64 cannot do without */
    if (!find_slot(r->to, r->target, true, to))
        return -1;
    struct page old = page_get(to);
    if (old.rights && !*to->mapping)
        return 0; /* ku_mem stays */
    if (old.rights && old.frame.raw == page.frame.raw && parent_of(*to->mapping) == source) {
        page.rights |= old.rights;
        page_set(r->to, r->target, to, page);
        return 1;
    }
    if (old.rights) {
        unmap(*to->mapping, L4_FPAGE_R, true);
        if (!page_get(from).rights)
            return 0;
    }
    if (r->item & L4_ITEM_GRANT && !r->from->everything)
        return grant(source, r, to, page) ? 1 : -1;
    struct mapping *m = create(r->to, r->target, source);
    if (!m)
        return -1;
    *to->mapping = m;
    page_set(r->to, r->target, to, page);
    return 1;
}

/* The page after @va that may be present: only another table has to be looked for. */
static uint64_t page_after(const struct space *space, uint64_t va)
{
    va += PAGE_SIZE;
    return va % SPACE_TABLE_SPAN || space->everything ? va : space_next(space, va);
}

map_count_t mapping_map(const struct map_request *request)
{
    struct map_request one = *request;
    uint64_t end = request->source + request->size;
    map_count_t count = 0;
    struct slot from = {0}, to = {0};
    if (request->to->closed || request->from->closed)
        return 0;
    while (one.source < end) {
        int done = map_page(&one, &from, &to);
        if (done < 0)
            return done;
        count += done;
        uint64_t next = page_after(request->from, one.source);
        one.target += next - one.source;
        if (next - one.source > PAGE_SIZE)
            to.pte = NULL;
        one.source = next;
        advance(&from, one.source);
        advance(&to, one.target);
    }
    return count;
}

void mapping_unmap(struct space *space, uint64_t start, uint64_t end, unsigned rights, bool self)
{
    struct slot slot = {0};
    end = min_u64(end, USER_END);
    for (uint64_t va = space_next(space, start); va < end;) {
        if (find_slot(space, va, false, &slot) && page_get(&slot).rights && *slot.mapping)
            unmap(*slot.mapping, rights, self);
        va += PAGE_SIZE;
        if (va % SPACE_TABLE_SPAN == 0) /* of sigma0's too: nothing is made up here */
            va = space_next(space, va);
        advance(&slot, va);
    }
}

bool mapping_is_sound(const struct mapping *m, const struct space *space, uint64_t va)
{
    struct slot slot, of_prev;
    if (m->space != space || address_of(m) != va || (m->next && m->next->prev != m))
        return false;
    if (!m->prev)
        return m->depth == 0 && space->everything;
    if (m->depth == 0 || m->prev->next != m || m->depth > m->prev->depth + 1)
        return false;
    slot_of(m, &slot);
    slot_of(m->prev, &of_prev);
    return page_get(&slot).frame.raw == page_get(&of_prev).frame.raw;
}
