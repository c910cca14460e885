/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The kernel's mapping database over a pretended MMU, against a model that is as simple as the
 * rules of ABI 5.8 can be said: a cell per page that names its parent cell. Random maps, grants,
 * unmaps and downgrades; a space with a small quota runs out on the way.
 */
#include "kip.h"
#include "mapping.h"
#include "kernel_heap.h"
#include "unit.h"

enum { SPACES = 5, PAGES = 12, TABLE = SPACE_TABLE_SPAN / PAGE_SIZE,
       STEPS = 1000000, TIGHT = 3, TIGHT_PAGES = 5 };

static struct space spaces[SPACES]; /* 0: sigma0's */
static struct quota quotas_of[SPACES];
static uint64_t ptes[SPACES][TABLE]; /* one table each, of which the first PAGES are used */
static struct mapping *nodes[SPACES][TABLE];

/* The pretended MMU: frame in the address bits, rights in bits 0..2. */
bool space_slot(struct space *space, uint64_t va, bool allocate, struct slot *slot)
{
    size_t page = va >> PAGE_SHIFT;
    (void)allocate;
    if (page >= TABLE)
        return false;
    slot->pte = &ptes[space - spaces][page];
    slot->mapping = &nodes[space - spaces][page];
    return true;
}

uint64_t space_next(const struct space *space, uint64_t va)
{
    (void)space;
    return va < SPACE_TABLE_SPAN ? va : USER_END;
}

struct page page_get(const struct slot *slot)
{
    return (struct page){{*slot->pte & ~0xfffull}, *slot->pte & 7, 0};
}

void page_set(struct space *space, uint64_t va, const struct slot *slot, struct page page)
{
    (void)space;
    (void)va;
    *slot->pte = page.rights ? page.frame.raw | page.rights : 0;
}

bool kip_user_may_own(uint64_t page)
{
    return page >> PAGE_SHIFT < PAGES;
}

/* The model. */
struct cell {
    unsigned rights; /* 0: nothing there */
    unsigned frame;
    struct cell *parent; /* NULL: sigma0's own */
};

static struct cell cells[SPACES][PAGES];

static bool is_full(unsigned space)
{
    unsigned used = 0;
    for (unsigned p = 0; p < PAGES; p++)
        used += cells[space][p].rights != 0;
    return space == TIGHT && used >= TIGHT_PAGES;
}

static bool is_below(const struct cell *c, const struct cell *ancestor)
{
    while (c && c != ancestor)
        c = c->parent;
    return c;
}

/* Takes @rights from what is below @top, and from it if @self. */
static void model_unmap(struct cell *top, unsigned rights, bool self)
{
    bool hit[SPACES * PAGES];
    struct cell *all = &cells[0][0];
    for (unsigned i = 0; i < SPACES * PAGES; i++)
        hit[i] = all[i].rights && is_below(&all[i], top) && (self || &all[i] != top);
    for (unsigned i = 0; i < SPACES * PAGES; i++)
        if (hit[i] && rights & L4_FPAGE_R)
            all[i] = (struct cell){0};
        else if (hit[i])
            all[i].rights &= ~rights;
}

static void model_move(struct cell *from, struct cell *to, unsigned rights)
{
    struct cell *all = &cells[0][0];
    *to = (struct cell){rights, from->frame, from->parent};
    *from = (struct cell){0};
    for (unsigned i = 0; i < SPACES * PAGES; i++)
        if (all[i].parent == from)
            all[i].parent = to;
}

/* -1: no memory, 0: nothing mapped, 1: mapped. */
static int model_map(unsigned from, unsigned sp, unsigned to, unsigned tp, unsigned rights,
                     bool grant)
{
    struct cell *source = &cells[from][sp], *target = &cells[to][tp];
    if (from == 0 && !source->rights)
        *source = (struct cell){L4_FPAGE_RWX, sp, NULL};
    if (!(source->rights & rights))
        return 0;
    unsigned given = (source->rights & rights) | L4_FPAGE_R;
    if (target->rights && target->frame == source->frame && target->parent == source) {
        target->rights |= given;
        return 1;
    }
    if (target->rights)
        model_unmap(target, L4_FPAGE_R, true);
    if (!source->rights)
        return 0;
    if (is_full(to))
        return -1;
    if (grant && from != 0)
        model_move(source, target, given);
    else
        *target = (struct cell){given, source->frame, source};
    return 1;
}

static void map_somewhere(void)
{
    unsigned from = below(SPACES), to = 1 + below(SPACES - 1), count = 1 + below(3);
    unsigned sp = below(PAGES - count + 1), tp = below(PAGES - count + 1), rights = below(8);
    bool grant = below(8) == 0;
    struct map_request r = {&spaces[from], &spaces[to], (uint64_t)sp << PAGE_SHIFT,
                            (uint64_t)tp << PAGE_SHIFT, count * PAGE_SIZE, rights,
                            grant ? L4_ITEM_GRANT : 0};
    long mapped = 0, got = mapping_map(&r);
    for (unsigned i = 0; i < count; i++) {
        int done = model_map(from, sp + i, to, tp + i, rights, grant);
        if (done < 0) {
            mapped = done;
            break;
        }
        mapped += done;
    }
    CHECK_EQ(got, mapped);
}

static void unmap_somewhere(void)
{
    unsigned space = below(SPACES), start = below(PAGES), end = start + 1 + below(3);
    unsigned rights = below(3) ? L4_FPAGE_RWX : below(4);
    bool self = below(2) && space;
    mapping_unmap(&spaces[space], (uint64_t)start << PAGE_SHIFT, (uint64_t)end << PAGE_SHIFT,
                  rights, self);
    for (unsigned p = start; p < end && p < PAGES; p++)
        if (cells[space][p].rights)
            model_unmap(&cells[space][p], rights, self);
}

static void compare(void)
{
    for (unsigned s = 0; s < SPACES; s++) {
        size_t used = 0;
        for (unsigned p = 0; p < PAGES; p++) {
            const struct cell *c = &cells[s][p];
            CHECK_EQ(ptes[s][p], c->rights ? (uint64_t)c->frame << PAGE_SHIFT | c->rights : 0);
            CHECK_EQ(nodes[s][p] != NULL, c->rights != 0);
            CHECK(!nodes[s][p]
                  || mapping_is_sound(nodes[s][p], &spaces[s], (uint64_t)p << PAGE_SHIFT));
            used += c->rights ? sizeof(struct mapping) : 0;
        }
        CHECK_EQ(quotas_of[s].used, used);
    }
}

TEST(random)
{
    for (unsigned s = 0; s < SPACES; s++) {
        quotas_of[s].limit = s == TIGHT ? TIGHT_PAGES * sizeof(struct mapping) : 1u << 20;
        spaces[s] = (struct space){.quota = &quotas_of[s], .everything = s == 0};
    }
    for (unsigned i = 0; i < STEPS && !unit_failed; i++) {
        if (below(5) < 3)
            map_somewhere();
        else
            unmap_somewhere();
        if (i % 8 == 0)
            compare();
    }
    CHECK(!unit_failed);
    for (unsigned s = 0; s < SPACES; s++)
        mapping_unmap(&spaces[s], 0, USER_END, L4_FPAGE_RWX, true);
    CHECK_EQ(heap_blocks, 0);
}

UNIT_MAIN(T(random))
