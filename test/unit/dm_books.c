/* SPDX-License-Identifier: BSD-2-Clause */
/* Books, windows and flexpages of dm_phys. */
#include "unit.h"

#include "dm_machine.h"
#include "server/dm_phys/books.h"
#include "server/dm_phys/flexpages.h"

static char text[4096];

static void append(void *data, const char *line)
{
    (void)data;
    strcat(strcat(text, line), "\n");
}

static bool lists(struct machine *m, const char *want)
{
    text[0] = 0;
    books_list(&m->manager, append, NULL);
    if (strcmp(text, want) != 0)
        printf("got:\n%swant:\n%s", text, want);
    return strcmp(text, want) == 0;
}

TEST(books)
{
    struct machine *m = machine_new(4ull << 20);
    struct session *a, *b, *c;
    struct dataspace *ds, *copy;
    CHECK_EQ(session_open(&m->manager, "exec", SESSION_NO_LIMIT, &a), 0);
    CHECK_EQ(session_open(&m->manager, "hello world", SESSION_NO_LIMIT, &b), 0);
    CHECK_EQ(session_open(&m->manager, "exec", SESSION_NO_LIMIT, &c), 0);
    CHECK_EQ(ds_open(&m->manager, &(struct ds_request){.session = a, .name = "x", .size = 20000},
                     &ds), 0);
    CHECK_EQ(ds_copy(&m->manager, &(struct ds_request){.session = b, .name = "y", .size = 20000},
                     ds, 0, &copy), 0);
    CHECK_EQ(poke(m, copy, 2, 1), 0);
    /* own frames: zero page, one slab of nodes, of dataspaces, of sessions */
    CHECK(lists(m, "books dm_phys dm_phys frame 4 1014\n"
                   "books dm_phys dm_phys node 2 0\n"
                   "books dm_phys exec dataspace 1 0\n"
                   "books dm_phys exec frame 5 0\n"
                   "books dm_phys exec session 2 0\n"
                   "books dm_phys hello_world dataspace 1 0\n"
                   "books dm_phys hello_world frame 1 0\n"
                   "books dm_phys hello_world session 1 0\n"));
    session_close(&m->manager, a);
    session_close(&m->manager, c);
    ds_close(&m->manager, ds);
    CHECK(lists(m, "books dm_phys dm_phys frame 4 1015\n"
                   "books dm_phys dm_phys node 1 0\n"
                   "books dm_phys exec frame 4 0\n" /* copy lives on them */
                   "books dm_phys hello_world dataspace 1 0\n"
                   "books dm_phys hello_world frame 1 0\n"
                   "books dm_phys hello_world session 1 0\n"));
    ds_close(&m->manager, copy);
    session_close(&m->manager, b);
    CHECK(lists(m, "books dm_phys dm_phys frame 1 1023\n"));
    machine_free(m);
}

TEST(windows_are_disjoint)
{
    struct windows *w = calloc(1, sizeof *w);
    window_t last = {0};
    for (unsigned order = WINDOW_ORDER_MIN; order <= WINDOW_ORDER_MAX; order++) {
        CHECK_EQ(window_order(1ull << order), order);
        CHECK_EQ(window_order((1ull << order) - (1ull << (order - 1)) + 1), order);
        for (unsigned i = 0; i < WINDOW_SLOTS; i++) {
            window_t new = window_alloc(w, order);
            CHECK(new.raw >= (last.raw ? last.raw + (1ull << (order - (i == 0))) : WINDOWS_START));
            CHECK_EQ(new.raw % (1ull << order), 0);
            last = new;
        }
        CHECK_EQ(window_alloc(w, order).raw, 0);
        CHECK(last.raw + (1ull << order) <= WINDOWS_END);
        window_free(w, last, order);
        CHECK_EQ(window_alloc(w, order).raw, last.raw);
    }
    free(w);
}

TEST(flexpages)
{
    static const struct {
        uint64_t from, spot, size;
        unsigned count, first_order;
    } cases[] = {
        {0x10000000, 0x400000, 0x400000, 1, 22},
        {0x10000000, 0x3000, 0x1000, 1, 12},
        {0x10000000, 0x1000, 0x4000, 4, 12},
        {0x10001000, 0x2001000, 0x7000, 3, 12},
        {0x10000000, 0x0, 0x400000, 1, 22},
        {0x10000000, 0x1000, 0x400000, 24, 12},
    };
    struct ipc_page page[24];
    uint32_t count;
    for (unsigned i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct flexpages_range r = {cases[i].from, cases[i].spot, cases[i].size};
        uint64_t bytes = flexpages_cut(&r, L4_FPAGE_R, 24, page, &count), at = 0;
        CHECK_EQ(count, cases[i].count);
        CHECK_EQ(l4_fpage_order(page[0].fpage), cases[i].first_order);
        for (unsigned k = 0; k < count; k++) {
            uint64_t size = 1ull << l4_fpage_order(page[k].fpage);
            CHECK_EQ(page[k].hot_spot, r.spot + at);
            CHECK_EQ(l4_fpage_address(page[k].fpage), r.from + at);
            CHECK_EQ((page[k].hot_spot | l4_fpage_address(page[k].fpage)) % size, 0);
            CHECK_EQ(l4_fpage_rights(page[k].fpage), L4_FPAGE_R);
            at += size;
        }
        CHECK_EQ(at, bytes);
        CHECK(bytes == r.size || count == 24);
    }
}

UNIT_MAIN(T(books), T(windows_are_disjoint), T(flexpages))
