/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The kernel's mapping database over a pretended MMU, against a model that is as simple as the
 * rules of ABI 5.8 can be said: a cell per page that names its parent cell. Random maps, grants,
 * unmaps and downgrades; a space with a small quota runs out on the way. Several workers do them,
 * each is interrupted at random pauses and carries on when others have done something. Then a cell
 * may have gone already if it is doomed: if an unmapping under way has begun with what it is below.
 */
#include <setjmp.h>

#include "kip.h"
#include "mapping.h"
#include "work.h"
#include "kernel_heap.h"
#include "unit.h"

enum { WORKERS = 3, SPACES = 5, PAGES = 12, TABLE = SPACE_TABLE_SPAN / PAGE_SIZE,
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

uint64_t space_skip(const struct space *space, uint64_t va)
{
    return space_next(space, va);
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

/* An interrupt at a pause, or none. */
long work_budget;
static jmp_buf interrupt;
static unsigned interrupts;

void work_let_interrupts_in(void)
{
    work_budget = below(1000);
    if (below(3))
        return;
    interrupts++;
    longjmp(interrupt, 1);
}

/* The model. */
struct cell {
    unsigned rights; /* 0: nothing there */
    unsigned frame;
    struct cell *parent;   /* NULL: sigma0's own */
    unsigned doomed;       /* bit w: worker w will take its rights away, or has done so */
    bool given_again;      /* since then some may have come back */
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
    *to = (struct cell){rights, from->frame, from->parent, from->doomed, from->given_again};
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
        *source = (struct cell){L4_FPAGE_RWX, sp, NULL, 0, false};
    if (!(source->rights & rights))
        return 0;
    unsigned given = (source->rights & rights) | L4_FPAGE_R;
    if (target->rights && target->frame == source->frame && target->parent == source) {
        target->rights |= given;
        target->given_again = true;
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
        *target = (struct cell){given, source->frame, source, source->doomed, false};
    return 1;
}

/* Somebody with a request to the kernel, finished or not. */
static struct worker {
    bool busy, maps;
    struct map_request map;
    struct unmap_request unmap;
    struct work work;
    long mapped;      /* by the model */
    unsigned rights;  /* doomed cells lose these */
    bool inside;      /* of a subtree, at the last interrupt */
    bool left_it;     /* and has come to its end since then */
    unsigned page;    /* next one for the model */
} workers[WORKERS];

static unsigned mask_of(const struct worker *w)
{
    return 1u << (w - workers);
}

static unsigned page_of(uint64_t address)
{
    return (unsigned)(address >> PAGE_SHIFT);
}

static unsigned number_of(const struct space *space)
{
    return (unsigned)(space - spaces);
}

/* @w has begun with what is below @top. */
static void doom(struct worker *w, struct cell *top, unsigned rights, bool self)
{
    struct cell *all = &cells[0][0];
    w->rights = rights;
    for (unsigned i = 0; i < SPACES * PAGES; i++) {
        if (!all[i].rights || !is_below(&all[i], top) || (!self && &all[i] == top))
            continue;
        all[i].doomed |= mask_of(w);
        all[i].given_again = false;
    }
}

/* The kernel has taken @rights from @c, unless given again: who was first is its own matter. */
static void lose(struct cell *c, unsigned rights)
{
    size_t i = (size_t)(c - &cells[0][0]);
    unsigned kept = c->given_again ? ptes[i / PAGES][i % PAGES] & rights : 0;
    c->rights = (c->rights & ~rights) | (c->rights & kept);
}

/* @w is done with that: nothing doomed has kept what it was to lose. */
static void finish_doomed(struct worker *w)
{
    struct cell *all = &cells[0][0];
    for (unsigned i = 0; i < SPACES * PAGES; i++) {
        struct cell *c = &all[i];
        if (!(c->doomed & mask_of(w)))
            continue;
        c->doomed &= ~mask_of(w);
        if (w->rights & L4_FPAGE_R)
            *c = (struct cell){0};
        else
            lose(c, w->rights);
    }
}

/* What the workers have done already to doomed cells. */
static void see_doomed(void)
{
    for (unsigned i = 0; i < SPACES * PAGES; i++) {
        struct cell *c = &cells[0][0] + i;
        uint64_t pte = ptes[i / PAGES][i % PAGES];
        unsigned lost = 0;
        for (unsigned w = 0; w < WORKERS; w++)
            lost |= c->doomed >> w & 1 ? workers[w].rights : 0;
        if (lost & L4_FPAGE_R && !pte)
            *c = (struct cell){0};
        else if (lost && (c->rights & ~lost) == (pte & 7 & ~lost))
            c->rights = (c->rights & ~lost) | (pte & c->rights & lost);
    }
}

/* The model does what the kernel has done of @w since it was last looked at. */
static void follow_unmap(struct worker *w, bool done)
{
    const struct unmapping *u = &w->work.unmapping;
    struct cell *space = cells[number_of(w->unmap.space)];
    unsigned next = page_of(done ? w->unmap.end : u->left.start);
    bool inside = !done && u->inside;
    if (w->inside && (!inside || next > w->page)) {
        finish_doomed(w);
        w->page++;
        w->inside = false;
    }
    for (; w->page < next && w->page < PAGES; w->page++)
        if (space[w->page].rights)
            model_unmap(&space[w->page], w->unmap.rights, w->unmap.self);
    if (inside && !w->inside)
        doom(w, &space[next], w->unmap.rights, w->unmap.self);
    w->inside = inside;
}

static void follow_map(struct worker *w, bool done, long result)
{
    const struct map_request *r = &w->map;
    unsigned from = number_of(r->from), to = number_of(r->to);
    unsigned pages = page_of(done ? r->size : w->work.done);
    bool inside = !done && w->work.unmapping.left.space, grant = r->item & L4_ITEM_GRANT;
    if (w->inside && w->left_it) {
        finish_doomed(w);
        w->inside = false;
    }
    while (w->page < pages && w->mapped >= 0) {
        int one = model_map(from, page_of(r->source) + w->page, to, page_of(r->target) + w->page,
                            r->rights, grant);
        w->mapped = one < 0 ? one : w->mapped + one;
        w->page++;
    }
    if (done)
        CHECK_EQ(result, w->mapped);
    if (inside && !w->inside) {
        struct cell *source = &cells[from][page_of(r->source) + pages];
        if (from == 0 && !source->rights)
            *source = (struct cell){L4_FPAGE_RWX, page_of(r->source) + pages, NULL, 0, false};
        doom(w, &cells[to][page_of(r->target) + pages], L4_FPAGE_R, true);
    }
    w->inside = inside;
}

/* Begins or carries on; until the end or an interrupt. */
static void run(struct worker *w)
{
    volatile bool done = false;
    volatile long result = 0;
    bool fresh = !w->busy;
    w->busy = true;
    w->left_it = false;
    if (setjmp(interrupt) == 0) {
        if (!fresh)
            mapping_unmap_rest(&w->work.unmapping);
        w->left_it = true;
        if (w->maps)
            result = mapping_map(&w->map, &w->work);
        else if (fresh)
            mapping_unmap(&w->work.unmapping, &w->unmap);
        done = true;
    }
    if (w->maps)
        follow_map(w, done, result);
    else
        follow_unmap(w, done);
    if (done)
        w->busy = false;
}

static void map_somewhere(struct worker *w)
{
    unsigned from = below(SPACES), to = 1 + below(SPACES - 1), count = 1 + below(3);
    unsigned sp = below(PAGES - count + 1), tp = below(PAGES - count + 1);
    bool grant = below(8) == 0;
    w->map = (struct map_request){&spaces[from], &spaces[to], (uint64_t)sp << PAGE_SHIFT,
                                  (uint64_t)tp << PAGE_SHIFT, count * PAGE_SIZE, below(8),
                                  grant ? L4_ITEM_GRANT : 0};
    w->maps = true;
    w->mapped = 0;
    w->page = 0;
    run(w);
}

static void unmap_somewhere(struct worker *w)
{
    unsigned space = below(SPACES), start = below(PAGES), end = start + 1 + below(3);
    unsigned rights = below(3) ? L4_FPAGE_RWX : below(4);
    bool self = below(2) && space;
    w->unmap = (struct unmap_request){&spaces[space], (uint64_t)start << PAGE_SHIFT,
                                      (uint64_t)end << PAGE_SHIFT, rights, self};
    w->maps = false;
    w->page = start;
    run(w);
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
        struct worker *w = &workers[below(WORKERS)];
        if (w->busy)
            run(w);
        else if (below(5) < 3)
            map_somewhere(w);
        else
            unmap_somewhere(w);
        see_doomed();
        if (i % 8 == 0 || interrupts % 4)
            compare();
    }
    CHECK(!unit_failed);
    CHECK(interrupts > STEPS / 50);
    for (unsigned w = 0; w < WORKERS; w++)
        while (workers[w].busy)
            run(&workers[w]);
    for (unsigned s = 0; s < SPACES; s++) {
        struct worker *w = &workers[0];
        w->unmap = (struct unmap_request){&spaces[s], 0, USER_END, L4_FPAGE_RWX, true};
        w->maps = false;
        w->page = 0;
        do
            run(w);
        while (w->busy);
    }
    CHECK_EQ(heap_blocks, 0);
}

UNIT_MAIN(T(random))
