/* SPDX-License-Identifier: BSD-2-Clause */
/* Row D10: a random tree of copies, closed in random order, against a simple model. */
#include "unit.h"

#include "dm_machine.h"

#define MANY 1000
#define PAGES_MAX 40
#define HELD 20 /* long-lived views */

/** One dataspace and what its pages should say. */
struct item {
    struct dataspace *ds;
    uint64_t pages;
    uint64_t value[PAGES_MAX];
};

/** A view that a client keeps: while it is mapped, it shows what the model says. */
struct held {
    struct item *item;
    uint64_t page;
};

struct world {
    struct machine *m;
    struct session *session[8];
    struct item item[MANY];
    unsigned count;
    struct held held[HELD];
    uint64_t stamp;
};

static bool held_agree(struct world *w)
{
    for (unsigned v = 0; v < HELD; v++) {
        uint64_t *word = w->held[v].item ? view_word(w->m, v, L4_FPAGE_R) : NULL;
        if (word && *word != w->held[v].item->value[w->held[v].page])
            return false;
    }
    return true;
}

static bool item_agrees(struct world *w, struct item *item)
{
    for (uint64_t p = 0; p < item->pages; p++)
        if (peek(w->m, item->ds, p) != item->value[p])
            return false;
    return true;
}

static struct item *any(struct world *w)
{
    return &w->item[random_below(w->count)];
}

static void make(struct world *w)
{
    struct item *new = &w->item[w->count], *from = w->count ? any(w) : NULL;
    struct ds_request r = {.session = w->session[random_below(8)], .name = "x"};
    long result;
    *new = (struct item){.pages = 1 + random_below(PAGES_MAX)};
    if (!from || random_below(20) == 0) {
        r.size = new->pages * L4_PAGE_SIZE;
        result = ds_open(&w->m->manager, &r, &new->ds);
    } else {
        uint64_t first = random_below(3) ? 0 : random_below((uint32_t)from->pages + 1);
        if (random_below(2))
            new->pages = from->pages;
        r.size = new->pages * L4_PAGE_SIZE - random_below(4096);
        result = ds_copy(&w->m->manager, &r, from->ds, first * L4_PAGE_SIZE, &new->ds);
        for (uint64_t p = 0; p < new->pages && first + p < from->pages; p++)
            new->value[p] = from->value[first + p];
    }
    CHECK_EQ(result, 0);
    w->count++;
}

/** Another size; what is behind the end is gone from all views. */
static void resize(struct world *w, struct item *item)
{
    uint64_t pages = 1 + random_below(PAGES_MAX);

    CHECK_EQ(ds_resize(&w->m->manager, item->ds, pages * L4_PAGE_SIZE), 0);
    for (uint64_t p = pages < item->pages ? pages : item->pages; p < PAGES_MAX; p++)
        item->value[p] = 0;
    item->pages = pages;
    for (unsigned v = 0; v < HELD; v++)
        if (w->held[v].item == item && w->held[v].page >= pages)
            CHECK(!view_word(w->m, v, L4_FPAGE_R));
}

static void touch(struct world *w)
{
    struct item *item = any(w);
    uint64_t page = random_below((uint32_t)item->pages);
    unsigned v = random_below(HELD);
    switch (random_below(5)) {
    case 0: /* somebody looks, and keeps looking */
        CHECK_EQ(view_fault(w->m, v, item->ds, page, L4_FPAGE_R), 0);
        w->held[v] = (struct held){item, page};
        break;
    case 1: /* somebody writes and keeps the right to */
        CHECK_EQ(view_fault(w->m, v, item->ds, page, L4_FPAGE_RW), 0);
        w->held[v] = (struct held){item, page};
        *view_word(w->m, v, L4_FPAGE_RW) = item->value[page] = ++w->stamp;
        break;
    case 2: /* a held view writes, if it still may */
        if (w->held[v].item && view_word(w->m, v, L4_FPAGE_RW))
            *view_word(w->m, v, L4_FPAGE_RW) = w->held[v].item->value[w->held[v].page] = ++w->stamp;
        break;
    case 4:
        if (random_below(4) == 0)
            resize(w, item);
        break;
    case 3:
        if (random_below(8) == 0) {
            CHECK_EQ(ds_clear(&w->m->manager, item->ds, page * L4_PAGE_SIZE, 4096), 0);
            item->value[page] = 0;
        }
        break;
    }
    CHECK(held_agree(w));
}

static void close_one(struct world *w, unsigned i)
{
    struct item *item = &w->item[i], *last = &w->item[w->count - 1];
    for (unsigned v = 0; v < HELD; v++) {
        if (w->held[v].item == item) {
            w->held[v].item = NULL;
        } else if (w->held[v].item == last) {
            w->held[v].item = item; /* moves there below */
        }
    }
    CHECK(item_agrees(w, item));
    ds_close(&w->m->manager, item->ds);
    *item = *last;
    w->count--;
    CHECK(held_agree(w));
}

TEST(thousand_copies)
{
    struct world *w = calloc(1, sizeof *w);
    w->m = machine_new(90ull << 20);
    uint64_t used = machine_used(w->m);
    for (unsigned i = 0; i < 8; i++)
        CHECK_EQ(session_open(&w->m->manager, "random", SESSION_NO_LIMIT, &w->session[i]), 0);
    while (w->count < MANY) {
        make(w);
        CHECK(!unit_failed);
        for (unsigned i = 0; i < 6; i++)
            touch(w);
        if (w->count % 7 == 0 && random_below(4) == 0)
            close_one(w, random_below(w->count));
        CHECK(!unit_failed);
    }
    manager_check(&w->m->manager);
    for (unsigned i = 0; i < MANY; i++)
        CHECK(item_agrees(w, &w->item[i]));
    for (unsigned i = 0; i < 8; i++)
        session_close(&w->m->manager, w->session[i]);
    while (w->count > 0) {
        close_one(w, random_below(w->count));
        if (w->count > 0)
            touch(w);
        CHECK(!unit_failed);
    }
    CHECK_EQ(machine_used(w->m), used);
    CHECK(w->m->manager.closed == NULL);
    manager_check(&w->m->manager);
    machine_free(w->m);
    free(w);
}

UNIT_MAIN(T(thousand_copies))
