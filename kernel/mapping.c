/* SPDX-License-Identifier: BSD-2-Clause */
#include "kip.h"
#include "mapping.h"
#include "print.h"
#include "work.h"

enum { FEW = 8 }; /* mappings */
enum { BOOKMARK_DEPTH = (1 << 28) - 1 };
enum { COST_WALK = 150, COST_STEP = 40, COST_DOWNGRADE = 150, COST_REMOVE = 150, COST_MAP = 400 };

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

static void link_before(struct mapping *m, struct mapping *position)
{
    m->next = position;
    m->prev = position->prev;
    if (m->prev)
        m->prev->next = m;
    position->prev = m;
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
    m->parent = parent;
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

static void apply(struct mapping *m, unsigned rights)
{
    if (rights & L4_FPAGE_R)
        remove(m);
    else
        downgrade(m, rights);
}

static bool is_bookmark(const struct mapping *m)
{
    return !m->space;
}

/*
 * The subtree between the bookmarks, of which all behind u->last is still to be found. Forth to its
 * end, then back, for the last one is a leaf.
 */
static void unmap_subtree(struct unmapping *u)
{
    struct mapping *last = &u->last, *m;
    bool all = u->left.rights & L4_FPAGE_R;
    while ((m = last->next) && m->depth > u->depth) {
        unlink(last);
        link(last, m);
        if (!all && !is_bookmark(m))
            downgrade(m, u->left.rights);
        work_pause(all ? COST_STEP : COST_DOWNGRADE);
    }
    while (all && (m = last->prev) != &u->first) {
        if (is_bookmark(m)) { /* somebody else's: stays, behind ours */
            unlink(last);
            link_before(last, m);
        } else {
            remove(m);
        }
        work_pause(COST_REMOVE);
    }
    unlink(&u->first);
    unlink(last);
    u->inside = false;
}

/* @m has many below it, or bookmarks behind it. */
__attribute__((noinline))
static void unmap_tree(struct unmapping *u, struct mapping *m)
{
    u->first = u->last = (struct mapping){.depth = BOOKMARK_DEPTH};
    u->depth = m->depth;
    if (u->left.self) {
        link_before(&u->first, m);
        link(&u->last, m);
        if (!(u->left.rights & L4_FPAGE_R))
            downgrade(m, u->left.rights);
    } else {
        link(&u->first, m);
        link(&u->last, &u->first);
    }
    u->inside = true;
    unmap_subtree(u);
}

/* @m and what is below it at once, if that is little: then there is no need for bookmarks. */
static bool unmap_few(const struct unmapping *u, struct mapping *m)
{
    struct mapping *last = m, *prev;
    for (unsigned found = 0; last->next && last->next->depth > m->depth; last = last->next)
        if (found++ == FEW || is_bookmark(last->next))
            return false;
    for (; last != m; last = prev) {
        prev = last->prev;
        apply(last, u->left.rights);
        work_budget -= COST_REMOVE;
    }
    if (u->left.self)
        apply(m, u->left.rights);
    return true;
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
static int map_page(const struct map_request *r, struct slot *from, struct slot *to,
                    struct unmapping *u)
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
    if (old.rights && old.frame.raw == page.frame.raw && (*to->mapping)->parent == source) {
        page.rights |= old.rights;
        page_set(r->to, r->target, to, page);
        return 1;
    }
    if (old.rights) {
        mapping_unmap(u, &(struct unmap_request){r->to, r->target, r->target + PAGE_SIZE,
                                                 L4_FPAGE_R, true});
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

map_count_t mapping_map(const struct map_request *request, struct work *work)
{
    struct map_request one = *request;
    uint64_t end = request->source + request->size;
    struct slot from = {0}, to = {0};
    int done = 0;
    if (request->to->closed || request->from->closed)
        return 0;
    one.source += work->done;
    one.target += work->done;
    while (one.source < end) {
        done = map_page(&one, &from, &to, &work->unmapping);
        if (done < 0)
            break;
        work->count += done;
        uint64_t next = page_after(request->from, one.source);
        one.target += next - one.source;
        if (next - one.source > PAGE_SIZE)
            to.pte = NULL;
        one.source = next;
        advance(&from, one.source);
        advance(&to, one.target);
        work->done = one.source - request->source;
        work_pause(COST_MAP);
    }
    map_count_t count = done < 0 ? done : work->count;
    work->done = 0;
    work->count = 0;
    return count;
}

void mapping_unmap_rest(struct unmapping *u)
{
    struct unmap_request *left = &u->left;
    struct slot slot = {0};
    if (!left->space)
        return;
    if (u->inside) {
        unmap_subtree(u);
        left->start += PAGE_SIZE;
    }
    while (left->start < left->end) {
        if (find_slot(left->space, left->start, false, &slot)) {
            if (page_get(&slot).rights && *slot.mapping) {
                if (!unmap_few(u, *slot.mapping))
                    unmap_tree(u, *slot.mapping);
                work_budget -= COST_REMOVE;
            }
            left->start += PAGE_SIZE;
            advance(&slot, left->start);
        } else {
            left->start = space_skip(left->space, left->start);
            work_budget -= COST_WALK;
        }
        work_pause(COST_STEP);
    }
    left->space = NULL;
}

void mapping_unmap(struct unmapping *u, const struct unmap_request *request)
{
    u->left = *request;
    u->left.end = min_u64(request->end, USER_END);
    mapping_unmap_rest(u);
}

/* The node before @m, bookmarks apart. */
static const struct mapping *before(const struct mapping *m)
{
    do
        m = m->prev;
    while (m && is_bookmark(m));
    return m;
}

bool mapping_is_sound(const struct mapping *m, const struct space *space, uint64_t va)
{
    struct slot slot, of_prev;
    const struct mapping *prev = before(m), *parent = prev;
    if (m->space != space || address_of(m) != va || (m->next && m->next->prev != m))
        return false;
    if (!prev)
        return m->depth == 0 && !m->parent && space->everything;
    if (m->depth == 0 || m->prev->next != m || m->depth > prev->depth + 1)
        return false;
    while (parent && parent->depth >= m->depth)
        parent = parent->parent;
    slot_of(m, &slot);
    slot_of(prev, &of_prev);
    return m->parent == parent && page_get(&slot).frame.raw == page_get(&of_prev).frame.raw;
}
