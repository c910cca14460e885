/* SPDX-License-Identifier: BSD-2-Clause */
/* Dataspaces of dm_phys with views of clients: rows D01 D02 D04 D08 D09 D12 D13 D15 D18 D19 D23. */
#include "unit.h"

#include "dm_machine.h"

#define MB (1024ull * 1024)
#define PAGE L4_PAGE_SIZE

static struct session *session(struct machine *m, uint64_t limit)
{
    struct session *s;
    long result = session_open(&m->manager, "test", limit, &s);
    assert(result == 0);
    return s;
}

static long open_ds(struct machine *m, struct session *s, uint64_t size, struct dataspace **ds)
{
    return ds_open(&m->manager, &(struct ds_request){.session = s, .name = "ds",
                                                                   .size = size}, ds);
}

static long copy_ds(struct machine *m, struct session *s, struct dataspace *source,
                    struct page_range part, struct dataspace **ds)
{
    return ds_copy(&m->manager,
                          &(struct ds_request){.session = s, .name = "copy",
                                                      .size = part.count * PAGE},
                          source, part.first * PAGE, ds);
}

TEST(open_sizes)
{
    struct machine *m = machine_new(96 * MB);
    struct session *s = session(m, SESSION_NO_LIMIT);
    uint64_t used = machine_used(m);
    static const uint64_t sizes[] = {1, 4095, 4096, 4097, 65537, 4 * MB, 64 * MB};
    for (unsigned i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        struct dataspace *ds;
        CHECK_EQ(open_ds(m, s, sizes[i], &ds), 0);
        CHECK_EQ(ds_size(ds), (sizes[i] + PAGE - 1) & L4_PAGE_MASK);
        CHECK_EQ(s->account.used, ds_size(ds));
        CHECK_EQ(peek(m, ds, ds->pages - 1), 0);
        CHECK_EQ(poke(m, ds, ds->pages - 1, 7), 0);
        ds_close(&m->manager, ds);
        CHECK_EQ(machine_used(m), used);
        CHECK_EQ(s->account.used, 0);
    }
    manager_check(&m->manager);
    machine_free(m);
}

TEST(memory_is_clean_when_reused)
{
    struct machine *m = machine_new(8 * MB);
    struct session *s = session(m, SESSION_NO_LIMIT);
    for (unsigned round = 0; round < 3; round++) {
        struct dataspace *ds;
        CHECK_EQ(open_ds(m, s, 4 * MB, &ds), 0);
        for (uint64_t p = 0; p < ds->pages; p++) {
            CHECK_EQ(peek(m, ds, p), 0);
            CHECK_EQ(poke(m, ds, p, ~p), 0);
            CHECK_EQ(peek(m, ds, p), ~p);
        }
        ds_close(&m->manager, ds);
    }
    machine_free(m);
}

TEST(maps_in_one_piece)
{
    struct machine *m = machine_new(16 * MB);
    struct session *s = session(m, SESSION_NO_LIMIT);
    struct dataspace *ds;
    uint64_t ready;
    CHECK_EQ(open_ds(m, s, 4 * MB, &ds), 0);
    CHECK_EQ(ds_map(&m->manager, ds, &(struct page_range){0, 1024}, true, &ready), 0);
    CHECK_EQ(ready, 1024);
    CHECK_EQ(m->maps, 1);
    CHECK_EQ(ds->window.raw % (4 * MB), 0);
    machine_free(m);
}

TEST(copy_is_lazy_both_ways)
{
    for (unsigned order = 0; order < 2; order++) {
        struct machine *m = machine_new(40 * MB);
        struct session *s = session(m, SESSION_NO_LIMIT);
        struct dataspace *a, *b;
        CHECK_EQ(open_ds(m, s, 16 * MB, &a), 0);
        for (uint64_t p = 0; p < a->pages; p++)
            CHECK_EQ(poke(m, a, p, p + 1), 0);
        uint64_t used = machine_used(m);
        CHECK_EQ(copy_ds(m, s, a, (struct page_range){0, a->pages}, &b), 0);
        CHECK(machine_used(m) - used <= PAGE);
        CHECK_EQ(tree_shared_pages(&b->tree), 4096);
        struct dataspace *first = order ? a : b, *other = order ? b : a;
        CHECK_EQ(poke(m, first, 9, 99), 0);
        CHECK_EQ(peek(m, other, 9), 10);
        CHECK_EQ(poke(m, other, 9, 98), 0);
        CHECK_EQ(peek(m, first, 9), 99);
        CHECK_EQ(peek(m, first, 10), 11);
        CHECK_EQ(s->account.used, 16 * MB + PAGE);
        ds_close(&m->manager, first);
        CHECK_EQ(peek(m, other, 9), 98);
        CHECK_EQ(poke(m, other, 10, 5), 0); /* exclusive again: nothing is copied */
        CHECK_EQ(s->account.used, 16 * MB);
        ds_close(&m->manager, other);
        CHECK_EQ(s->account.used, 0);
        manager_check(&m->manager);
        machine_free(m);
    }
}

TEST(part_copies_and_holes)
{
    struct machine *m = machine_new(8 * MB);
    struct session *s = session(m, SESSION_NO_LIMIT);
    struct dataspace *a, *b, *c;
    CHECK_EQ(open_ds(m, s, 10 * PAGE, &a), 0);
    for (uint64_t p = 0; p < 10; p++)
        CHECK_EQ(poke(m, a, p, p + 1), 0);
    uint64_t used = s->account.used;
    CHECK_EQ(copy_ds(m, s, a, (struct page_range){3, 4}, &b), 0); /* pages 3..6 */
    CHECK_EQ(copy_ds(m, s, b, (struct page_range){2, 20}, &c), 0); /* 5 6, then holes */
    CHECK_EQ(s->account.used, used);
    CHECK_EQ(peek(m, b, 0), 4);
    CHECK_EQ(peek(m, b, 3), 7);
    CHECK_EQ(peek(m, c, 0), 6);
    CHECK_EQ(peek(m, c, 1), 7);
    for (uint64_t p = 2; p < 20; p++)
        CHECK_EQ(peek(m, c, p), 0);
    CHECK_EQ(s->account.used, used); /* reading holes is free */
    CHECK_EQ(poke(m, c, 4, 44), 0);
    CHECK_EQ(peek(m, c, 4), 44);
    CHECK_EQ(peek(m, c, 3), 0);
    CHECK_EQ(peek(m, c, 5), 0);
    CHECK_EQ(s->account.used, used + PAGE);
    ds_close(&m->manager, a);
    CHECK_EQ(s->account.used, 5 * PAGE); /* 3..6 through b, and c's own */
    ds_close(&m->manager, b);
    CHECK_EQ(s->account.used, 3 * PAGE);
    CHECK_EQ(peek(m, c, 1), 7);
    ds_close(&m->manager, c);
    CHECK_EQ(s->account.used, 0);
    machine_free(m);
}

/** The four orders of "two views: write one, read the other", the second view read-only. */
TEST(two_views_of_one_dataspace)
{
    struct machine *m = machine_new(8 * MB);
    struct session *s = session(m, SESSION_NO_LIMIT);
    struct dataspace *a, *b;
    for (unsigned mapped_before = 0; mapped_before < 4; mapped_before++) {
        CHECK_EQ(open_ds(m, s, 4 * PAGE, &a), 0);
        CHECK_EQ(poke(m, a, 1, 10), 0);
        CHECK_EQ(copy_ds(m, s, a, (struct page_range){0, 4}, &b), 0);
        if (mapped_before & 1)
            CHECK_EQ(view_fault(m, 0, b, 1, L4_FPAGE_R), 0);
        if (mapped_before & 2)
            CHECK_EQ(view_fault(m, 1, b, 1, L4_FPAGE_R), 0);
        CHECK_EQ(view_fault(m, 0, b, 1, L4_FPAGE_RW), 0);
        *view_word(m, 0, L4_FPAGE_RW) = 11;
        CHECK(view_word(m, 1, L4_FPAGE_R) == NULL); /* not the old frame */
        CHECK_EQ(view_fault(m, 1, b, 1, L4_FPAGE_R), 0);
        CHECK_EQ(*view_word(m, 1, L4_FPAGE_R), 11);
        CHECK(view_word(m, 1, L4_FPAGE_W) == NULL);
        *view_word(m, 0, L4_FPAGE_RW) = 12;
        CHECK_EQ(*view_word(m, 1, L4_FPAGE_R), 12);
        CHECK_EQ(peek(m, a, 1), 10);
        ds_close(&m->manager, a);
        ds_close(&m->manager, b);
        CHECK(view_word(m, 0, L4_FPAGE_R) == NULL && view_word(m, 1, L4_FPAGE_R) == NULL);
    }
    machine_free(m);
}

/** A server that mapped everything once keeps its pages whatever the holders of copies do. */
TEST(eager_views_of_the_source_survive)
{
    struct machine *m = machine_new(8 * MB);
    struct session *s = session(m, SESSION_NO_LIMIT);
    struct dataspace *master, *copy[3];
    CHECK_EQ(open_ds(m, s, 8 * PAGE, &master), 0);
    for (unsigned p = 0; p < 8; p++) {
        CHECK_EQ(view_fault(m, p, master, p, L4_FPAGE_RW), 0);
        *view_word(m, p, L4_FPAGE_RW) = p + 1;
    }
    for (unsigned i = 0; i < 3; i++)
        CHECK_EQ(copy_ds(m, s, master, (struct page_range){0, 8}, &copy[i]), 0);
    for (unsigned p = 0; p < 8; p++) {
        CHECK(view_word(m, p, L4_FPAGE_W) == NULL); /* downgraded: the copies may not change */
        CHECK_EQ(*view_word(m, p, L4_FPAGE_R), p + 1);
    }
    for (unsigned i = 0; i < 3; i++)
        for (unsigned p = 0; p < 8; p++)
            CHECK_EQ(poke(m, copy[i], p, 100 * i), 0);
    ds_close(&m->manager, copy[1]);
    for (unsigned p = 0; p < 8; p++)
        CHECK_EQ(*view_word(m, p, L4_FPAGE_R), p + 1);
    CHECK_EQ(view_fault(m, 0, master, 0, L4_FPAGE_RW), 0); /* mapping again makes it writable */
    *view_word(m, 0, L4_FPAGE_RW) = 50;
    CHECK_EQ(peek(m, copy[2], 0), 200);
    machine_free(m);
}

TEST(copy_of_a_part_downgrades_the_part)
{
    struct machine *m = machine_new(8 * MB);
    struct session *s = session(m, SESSION_NO_LIMIT);
    struct dataspace *a, *b;
    CHECK_EQ(open_ds(m, s, 16 * PAGE, &a), 0);
    for (unsigned p = 0; p < 16; p++)
        CHECK_EQ(view_fault(m, p, a, p, L4_FPAGE_RW), 0);
    CHECK_EQ(copy_ds(m, s, a, (struct page_range){5, 6}, &b), 0);
    for (unsigned p = 0; p < 16; p++)
        CHECK_EQ(view_word(m, p, L4_FPAGE_W) == NULL, p >= 5 && p < 11);
    CHECK_EQ(copy_ds(m, s, a, (struct page_range){0, 16}, &b), 0); /* and the rest now */
    for (unsigned p = 0; p < 16; p++)
        CHECK(view_word(m, p, L4_FPAGE_W) == NULL);
    machine_free(m);
}

TEST(limits)
{
    struct machine *m = machine_new(32 * MB);
    struct session *s = session(m, MB), *other = session(m, 0);
    struct dataspace *a, *b, *c, *none = NULL;
    CHECK_EQ(open_ds(m, s, MB + 1, &none), -L4_ENOMEM);
    CHECK_EQ(open_ds(m, s, MB - PAGE, &a), 0);
    CHECK_EQ(open_ds(m, s, PAGE, &b), 0);
    CHECK_EQ(open_ds(m, s, 1, &none), -L4_ENOMEM); /* the 257th page */
    CHECK_EQ(copy_ds(m, s, a, (struct page_range){0, 255}, &c), 0); /* free as long as it shares */
    CHECK_EQ(poke(m, c, 0, 1), -L4_ENOMEM);
    CHECK_EQ(peek(m, c, 0), 0);
    ds_close(&m->manager, a); /* its frames live on in c, and are paid for */
    CHECK_EQ(s->account.used, MB);
    CHECK_EQ(open_ds(m, s, 1, &none), -L4_ENOMEM);
    ds_close(&m->manager, b);
    CHECK_EQ(poke(m, c, 0, 1), 0);
    CHECK_EQ(open_ds(m, other, 1, &none), -L4_ENOMEM);
    CHECK_EQ(copy_ds(m, other, c, (struct page_range){0, 1}, &b), 0);
    CHECK_EQ(session_shared(other), PAGE);
    ds_close(&m->manager, c);
    CHECK_EQ(s->account.used, PAGE);
    CHECK_EQ(session_shared(other), 0);
    CHECK(none == NULL);
    manager_check(&m->manager);
    machine_free(m);
}

TEST(memory_runs_out)
{
    struct machine *m = machine_new(4 * MB);
    struct session *s = session(m, SESSION_NO_LIMIT);
    struct dataspace *a, *b, *none = NULL;
    CHECK_EQ(open_ds(m, s, 5 * MB, &none), -L4_ENOMEM);
    CHECK_EQ(s->account.used, 0);
    CHECK_EQ(s->count, 0);
    CHECK_EQ(open_ds(m, s, 3 * MB + MB / 2, &a), 0);
    CHECK_EQ(copy_ds(m, s, a, (struct page_range){0, a->pages}, &b), 0);
    uint64_t p = 0, ready;
    while (poke(m, b, p, p + 1) == 0)
        p++;
    CHECK(p > 50 && p < 128);
    CHECK(m->manager.store.frames.free_bytes <= 2 * PAGE); /* too little for nodes */
    CHECK_EQ(peek(m, b, p), 0);
    CHECK_EQ(ds_map(&m->manager, b, &(struct page_range){p - 3, 10}, true, &ready), 0);
    CHECK_EQ(ready, 3); /* what could be done, before the error */
    CHECK_EQ(ds_map(&m->manager, b, &(struct page_range){p, 10}, true, &ready), -L4_ENOMEM);
    manager_check(&m->manager);
    ds_close(&m->manager, a);
    ds_close(&m->manager, b);
    session_close(&m->manager, s);
    CHECK_EQ(machine_used(m), PAGE);
    machine_free(m);
}

TEST(kernel_memory_runs_out)
{
    struct machine *m = machine_new(16 * MB);
    struct session *s = session(m, SESSION_NO_LIMIT);
    struct dataspace *a;
    uint64_t ready;
    CHECK_EQ(open_ds(m, s, 3 * MB, &a), 0); /* a run of 2 MB and one of 1 MB */
    m->map_fails = 1;
    CHECK_EQ(ds_map(&m->manager, a, &(struct page_range){0, 768}, true, &ready), -L4_ENOMEM);
    CHECK_EQ(ds_map(&m->manager, a, &(struct page_range){0, 768}, true, &ready), 0);
    CHECK_EQ(ready, 768);
    ds_close(&m->manager, a);
    manager_check(&m->manager);
    machine_free(m);
}

TEST(hostile_arguments)
{
    struct machine *m = machine_new(8 * MB);
    struct session *s = session(m, SESSION_NO_LIMIT);
    struct dataspace *a, *c, *none = NULL;
    static const uint64_t huge[] = {DATASPACE_MAX + 1, 1ull << 40, 1ull << 63, ~0ull, ~0ull - 4095};
    CHECK_EQ(open_ds(m, s, 0, &none), -L4_EINVAL);
    for (unsigned i = 0; i < 5; i++)
        CHECK_EQ(open_ds(m, s, huge[i], &none), -L4_ENOMEM);
    CHECK_EQ(open_ds(m, s, DATASPACE_MAX, &none), -L4_ENOMEM);
    CHECK_EQ(open_ds(m, s, 4 * PAGE, &a), 0);
    struct ds_request r = {.session = s, .name = "c", .size = PAGE};
    static const uint64_t offsets[] = {1, 4095, 4097, ~0ull};
    for (unsigned i = 0; i < 4; i++)
        CHECK_EQ(ds_copy(&m->manager, &r, a, offsets[i], &none), -L4_EINVAL);
    CHECK_EQ(ds_copy(&m->manager, &r, a, 5 * PAGE, &none), -L4_ERANGE);
    CHECK_EQ(ds_copy(&m->manager, &r, a, ~0ull - 4095, &none), -L4_ERANGE);
    r.size = 0;
    CHECK_EQ(ds_copy(&m->manager, &r, a, 0, &none), -L4_EINVAL);
    for (unsigned i = 0; i < 5; i++) {
        r.size = huge[i];
        CHECK_EQ(ds_copy(&m->manager, &r, a, 0, &none), -L4_ENOMEM);
    }
    r.size = DATASPACE_MAX; /* all holes */
    CHECK_EQ(ds_copy(&m->manager, &r, a, 4 * PAGE, &c), 0);
    CHECK_EQ(peek(m, c, c->pages - 1), 0);
    CHECK_EQ(poke(m, c, c->pages - 1, 3), 0);
    CHECK_EQ(peek(m, c, c->pages - 1), 3);
    CHECK_EQ(ds_clear(&m->manager, c, 0, ds_size(c)), 0);
    CHECK_EQ(peek(m, c, c->pages - 1), 0);
    ds_close(&m->manager, c);
    CHECK(none == NULL && s->count == 1);
    manager_check(&m->manager);
    machine_free(m);
}

/** Copies of copies at growing offsets end with an error, not with a wrong page. */
TEST(offsets_add_up_to_the_end)
{
    struct machine *m = machine_new(8 * MB);
    struct session *s = session(m, SESSION_NO_LIMIT);
    struct dataspace *a, *b;
    uint64_t half = DATASPACE_MAX / PAGE / 2;
    long result;
    unsigned n = 0;
    CHECK_EQ(open_ds(m, s, PAGE, &a), 0);
    CHECK_EQ(copy_ds(m, s, a, (struct page_range){0, 2 * half}, &b), 0);
    do {
        ds_close(&m->manager, a);
        a = b;
        CHECK_EQ(poke(m, a, 2 * half - 1, n), 0);
        result = copy_ds(m, s, a, (struct page_range){half, 2 * half}, &b);
        if (result == 0 && n % 64 == 0)
            CHECK_EQ(peek(m, b, half - 1), n);
    } while (result == 0 && ++n < 5000);
    CHECK_EQ(result, -L4_ERANGE);
    ds_close(&m->manager, a);
    CHECK_EQ(s->account.used, 0);
    machine_free(m);
}

TEST(number_of_dataspaces_is_bounded)
{
    struct machine *m = machine_new(32 * MB);
    struct session *s = session(m, SESSION_NO_LIMIT), *other = session(m, PAGE);
    struct dataspace *a;
    for (unsigned i = 0; i < SESSION_DATASPACES_MAX; i++)
        CHECK_EQ(open_ds(m, s, 1, &a), 0);
    CHECK_EQ(open_ds(m, s, 1, &a), -L4_ENOMEM);
    CHECK_EQ(open_ds(m, other, 1, &a), 0);
    machine_free(m);
}

/** Holes cost kernel memory when they are handed out, so not without end. */
TEST(pages_handed_out_are_bounded)
{
    struct machine *m = machine_new(16 * MB);
    struct session *s = session(m, MB);
    struct dataspace *a, *b, *c;
    uint64_t ready, out = 0, max = session_handed_max(s);
    CHECK_EQ(max, 4 * 256 + 16384);
    CHECK_EQ(open_ds(m, s, PAGE, &a), 0);
    CHECK_EQ(copy_ds(m, s, a, (struct page_range){0, 1 << 20}, &b), 0);
    long result;
    while ((result = ds_map(&m->manager, b, &(struct page_range){out, 100}, false, &ready)) == 0)
        out += ready;
    CHECK_EQ(result, -L4_ENOMEM);
    CHECK_EQ(out, max / 100 * 100);
    CHECK_EQ(view_fault(m, 0, b, 5, L4_FPAGE_RW), 0); /* those that are out stay of use */
    CHECK_EQ(copy_ds(m, session(m, 0), a, (struct page_range){0, 1}, &c), 0);
    CHECK_EQ(peek(m, c, 0), 0); /* and other sessions do not notice */
    ds_close(&m->manager, b);
    CHECK_EQ(s->handed, 0);
    manager_check(&m->manager);
    machine_free(m);
}

TEST(device_memory)
{
    struct machine *m = machine_new(16 * MB);
    struct session *s = session(m, SESSION_NO_LIMIT);
    struct dataspace *a, *low, *copy;
    struct ds_request r = {.session = s, .name = "dma", .size = 65536, .contiguous = true};
    paddr_t at, low_at;
    uint64_t size;
    CHECK_EQ(ds_open(&m->manager, &r, &a), 0);
    CHECK_EQ(ds_physical(&m->manager, a, 0, &at, &size), 0);
    CHECK_EQ(size, 65536);
    CHECK_EQ(at.raw % 65536, 0);
    CHECK_EQ(ds_physical(&m->manager, a, 5000, &low_at, &size), 0);
    CHECK_EQ(low_at.raw, at.raw + 5000);
    CHECK_EQ(size, 65536 - 5000);
    r.low = true;
    CHECK_EQ(ds_open(&m->manager, &r, &low), 0);
    CHECK_EQ(ds_physical(&m->manager, low, 65535, &low_at, &size), 0);
    CHECK(low_at.raw < FRAME_LOW_END && size == 1);
    CHECK_EQ(poke(m, a, 3, 33), 0);
    CHECK_EQ(copy_ds(m, s, a, (struct page_range){2, 4}, &copy), 0); /* real bytes: a stays put */
    CHECK_EQ(poke(m, a, 3, 34), 0);
    CHECK_EQ(peek(m, copy, 1), 33);
    CHECK_EQ(peek(m, copy, 0), 0);
    CHECK_EQ(*(uint64_t *)(m->ram + at.raw + 3 * PAGE), 34);
    CHECK_EQ(ds_physical(&m->manager, copy, 0, &at, &size), -L4_EPERM);
    r.low = false;
    r.size = 1ull << 32;
    CHECK_EQ(ds_open(&m->manager, &r, &copy), -L4_ENOMEM);
    machine_free(m);
}

TEST(clear)
{
    struct machine *m = machine_new(8 * MB);
    struct session *s = session(m, SESSION_NO_LIMIT);
    struct dataspace *a, *b;
    CHECK_EQ(open_ds(m, s, 8 * PAGE, &a), 0);
    for (unsigned p = 0; p < 8; p++) {
        CHECK_EQ(view_fault(m, p, a, p, L4_FPAGE_RW), 0);
        memset(view_word(m, p, L4_FPAGE_RW), 1, PAGE);
    }
    CHECK_EQ(ds_clear(&m->manager, a, PAGE + 8, 2 * PAGE), 0);
    CHECK_EQ(view_word(m, 1, L4_FPAGE_R)[0], 0x0101010101010101);
    CHECK_EQ(view_word(m, 1, L4_FPAGE_R)[1], 0); /* the view is still there */
    CHECK_EQ(view_word(m, 2, L4_FPAGE_R)[511], 0);
    CHECK_EQ(view_word(m, 3, L4_FPAGE_R)[0], 0);
    CHECK_EQ(view_word(m, 3, L4_FPAGE_R)[1], 0x0101010101010101);
    CHECK_EQ(copy_ds(m, s, a, (struct page_range){0, 8}, &b), 0);
    CHECK_EQ(view_fault(m, 10, b, 6, L4_FPAGE_R), 0);
    CHECK_EQ(ds_clear(&m->manager, b, 4 * PAGE + 16, 4 * PAGE - 16), 0);
    CHECK(view_word(m, 10, L4_FPAGE_R) == NULL);
    CHECK_EQ(peek(m, b, 6), 0);
    CHECK_EQ(peek(m, b, 4), 0x0101010101010101);
    CHECK_EQ(peek(m, a, 6), 0x0101010101010101);
    CHECK_EQ(s->account.used, 9 * PAGE); /* only the part of a page had to be copied */
    manager_check(&m->manager);
    machine_free(m);
}

/** The account of a client that is gone stays as long as it pays for frames others see. */
TEST(account_outlives_its_gate)
{
    struct machine *m = machine_new(8 * MB);
    uint64_t used = machine_used(m);
    struct session *s = session(m, SESSION_NO_LIMIT), *t = session(m, SESSION_NO_LIMIT);
    struct dataspace *a, *b;
    CHECK_EQ(open_ds(m, s, 8 * PAGE, &a), 0);
    CHECK_EQ(copy_ds(m, t, a, (struct page_range){0, 8}, &b), 0);
    session_close(&m->manager, s);
    CHECK_EQ(poke(m, a, 0, 1), 0);
    ds_close(&m->manager, a);
    CHECK(m->manager.closed == s && s->account.used == 8 * PAGE);
    manager_check(&m->manager);
    for (unsigned p = 0; p < 7; p++)
        CHECK_EQ(poke(m, b, p, 1), 0);
    CHECK_EQ(ds_clear(&m->manager, b, 0, 8 * PAGE), 0);
    ds_close(&m->manager, b);
    CHECK(m->manager.closed == NULL);
    session_close(&m->manager, t);
    CHECK_EQ(machine_used(m), used);
    manager_check(&m->manager);
    machine_free(m);
}

/** Row D19: everything of a client with 100 dataspaces comes back. */
TEST(death_of_a_client)
{
    struct machine *m = machine_new(16 * MB);
    uint64_t used = machine_used(m);
    struct session *s = session(m, SESSION_NO_LIMIT);
    struct dataspace *ds[100];
    for (unsigned i = 0; i < 100; i++) {
        if (i % 3 == 0)
            CHECK_EQ(open_ds(m, s, (i + 1) * 1000, &ds[i]), 0);
        else
            CHECK_EQ(copy_ds(m, s, ds[i - i % 3], (struct page_range){0, 3}, &ds[i]), 0);
        CHECK_EQ(poke(m, ds[i], 0, i), 0);
    }
    session_close(&m->manager, s);
    for (unsigned i = 0; i < 100; i++)
        ds_close(&m->manager, ds[i]);
    CHECK_EQ(machine_used(m), used);
    CHECK(m->manager.closed == NULL && m->manager.sessions.slabs == 0);
    machine_free(m);
}

TEST(replaced_pages_are_shared_until_written)
{
    struct machine *m = machine_new(8 * MB);
    struct session *s = session(m, SESSION_NO_LIMIT), *other = session(m, SESSION_NO_LIMIT);
    uint64_t used = machine_used(m);
    struct dataspace *target, *source, *large;
    CHECK_EQ(open_ds(m, s, 8 * PAGE, &target), 0);
    CHECK_EQ(open_ds(m, s, 9 * PAGE, &large), 0);
    CHECK_EQ(poke(m, target, 3, 30), 0);
    CHECK_EQ(poke(m, target, 5, 50), 0);
    CHECK_EQ(copy_ds(m, other, target, (struct page_range){2, 2}, &source), 0);
    CHECK_EQ(poke(m, source, 1, 31), 0);
    CHECK_EQ(peek(m, target, 3), 30);
    CHECK_EQ(ds_replace(&m->manager, target, 2 * PAGE, source), 0);
    CHECK_EQ(peek(m, target, 3), 31);
    CHECK_EQ(peek(m, target, 5), 50);
    CHECK_EQ(poke(m, target, 3, 32), 0);
    CHECK_EQ(peek(m, source, 1), 31);
    CHECK_EQ(ds_replace(&m->manager, target, 7 * PAGE, source), -L4_ERANGE);
    CHECK_EQ(ds_replace(&m->manager, target, 0, large), -L4_ERANGE);
    CHECK_EQ(ds_replace(&m->manager, target, 100, source), -L4_EINVAL);
    CHECK_EQ(ds_replace(&m->manager, target, 0, target), -L4_EINVAL);
    manager_check(&m->manager);
    ds_close(&m->manager, source);
    ds_close(&m->manager, large);
    ds_close(&m->manager, target);
    CHECK_EQ(machine_used(m), used);
    machine_free(m);
}

TEST(resized)
{
    struct machine *m = machine_new(16 * MB);
    struct session *s = session(m, 20 * PAGE);
    uint64_t used = machine_used(m);
    struct dataspace *ds, *copy;
    CHECK_EQ(open_ds(m, s, 4 * PAGE, &ds), 0);
    for (unsigned p = 0; p < 4; p++)
        CHECK_EQ(poke(m, ds, p, p + 1), 0);
    CHECK_EQ(view_fault(m, 0, ds, 1, L4_FPAGE_RW), 0);
    CHECK_EQ(view_fault(m, 1, ds, 3, L4_FPAGE_R), 0);
    CHECK_EQ(ds_resize(&m->manager, ds, 9 * PAGE - 1), 0); /* keeps and is zero */
    CHECK_EQ(ds_size(ds), 9 * PAGE);
    CHECK_EQ(s->account.used, 9 * PAGE);
    for (unsigned p = 0; p < 9; p++)
        CHECK_EQ(peek(m, ds, p), p < 4 ? p + 1 : 0);
    CHECK_EQ(poke(m, ds, 8, 80), 0);
    CHECK_EQ(copy_ds(m, s, ds, (struct page_range){0, 9}, &copy), 0);
    CHECK_EQ(view_fault(m, 1, ds, 3, L4_FPAGE_R), 0);
    CHECK_EQ(view_fault(m, 2, ds, 1, L4_FPAGE_R), 0);
    CHECK_EQ(ds_resize(&m->manager, ds, 3 * PAGE), 0); /* frees what no copy has */
    CHECK(!view_word(m, 1, L4_FPAGE_R));
    CHECK_EQ(peek(m, ds, 2), 3);
    CHECK_EQ(peek(m, copy, 8), 80);
    CHECK_EQ(s->account.used, 9 * PAGE);
    ds_close(&m->manager, copy);
    CHECK_EQ(s->account.used, 3 * PAGE);
    CHECK_EQ(ds_resize(&m->manager, ds, 9 * PAGE), 0);
    CHECK_EQ(peek(m, ds, 8), 0);
    CHECK_EQ(ds_resize(&m->manager, ds, 21 * PAGE), -L4_ENOMEM); /* limit */
    CHECK_EQ(ds_resize(&m->manager, ds, DATASPACE_MAX + 1), -L4_ENOMEM);
    CHECK_EQ(ds_resize(&m->manager, ds, ~0ull), -L4_ENOMEM);
    CHECK_EQ(ds_resize(&m->manager, ds, 0), -L4_EINVAL);
    CHECK_EQ(ds_size(ds), 9 * PAGE);
    manager_check(&m->manager);
    ds_close(&m->manager, ds);
    CHECK_EQ(machine_used(m), used);
    machine_free(m);
}

/** Memory runs out while it grows: it is as before. */
TEST(growing_fails)
{
    struct machine *m = machine_new(4 * MB);
    struct session *s = session(m, SESSION_NO_LIMIT);
    struct dataspace *ds;
    CHECK_EQ(open_ds(m, s, MB, &ds), 0);
    CHECK_EQ(poke(m, ds, 255, 5), 0);
    uint64_t used = s->account.used;
    CHECK_EQ(ds_resize(&m->manager, ds, 64 * MB), -L4_ENOMEM);
    CHECK_EQ(ds_size(ds), MB);
    CHECK_EQ(s->account.used, used);
    CHECK_EQ(peek(m, ds, 255), 5);
    manager_check(&m->manager);
    ds_close(&m->manager, ds);
    machine_free(m);
}

/* One page after the other of a new sparse dataspace: how many there were. */
static uint64_t take_pages(struct machine *m, struct session *session, uint64_t most, uint64_t step)
{
    struct dataspace *ds;
    uint64_t ready, count = 0;

    if (ds_open(&m->manager, &(struct ds_request){.session = session, .name = "sparse",
                                                  .size = most * step * L4_PAGE_SIZE,
                                                  .sparse = true}, &ds) < 0)
        return 0;
    while (count < most
           && ds_map(&m->manager, ds, &(struct page_range){count * step, 1}, true, &ready) == 0)
        count++;
    return count;
}

/* D18: what is reserved is there, though others have asked for all, in every way they can. */
TEST(reservation)
{
    struct machine *m = machine_new(24ull << 20);
    struct frames *f = &m->manager.store.frames;
    struct session *kept, *greedy;
    struct dataspace *ds;
    const uint64_t pages = (8ull << 20) / L4_PAGE_SIZE;

    CHECK_EQ(session_open(&m->manager, "kept", SESSION_NO_LIMIT, &kept), 0);
    CHECK_EQ(session_open(&m->manager, "greedy", SESSION_NO_LIMIT, &greedy), 0);
    CHECK(!frames_reserve(f, &kept->account, 100ull << 20));
    CHECK_EQ(kept->account.reserved, 0);
    CHECK_EQ(f->promised, 0);
    CHECK(frames_reserve(f, &kept->account, 8ull << 20));
    CHECK(!frames_reserve(f, &greedy->account, 16ull << 20));

    for (uint64_t size = 16ull << 20; size >= L4_PAGE_SIZE; size /= 2)
        while (ds_open(&m->manager, &(struct ds_request){.session = greedy, .name = "all",
                                                         .size = size}, &ds) == 0)
            ;
    CHECK(greedy->account.used >= 14ull << 20);
    CHECK_EQ(take_pages(m, greedy, 100, 5000), 0);
    struct ds_request many = {.session = greedy, .name = "many", .size = 1, .sparse = true};
    for (unsigned i = 0; i < 100000 && ds_open(&m->manager, &many, &ds) == 0; i++)
        ;
    CHECK(f->free_bytes >= 8ull << 20);
    CHECK_EQ(take_pages(m, kept, pages / 2, 1), pages / 2);
    CHECK_EQ(take_pages(m, greedy, 1, 1), 0);
    CHECK_EQ(ds_open(&m->manager, &(struct ds_request){.session = kept, .name = "half",
                                                       .size = 4ull << 20}, &ds), 0);
    CHECK_EQ(kept->account.used, 8ull << 20);
    CHECK_EQ(f->promised, 0);

    ds_close(&m->manager, ds); /* what it gives back stays promised */
    CHECK(f->promised >= 4ull << 20);
    CHECK_EQ(take_pages(m, greedy, 1, 1), 0);
    CHECK(frames_reserve(f, &kept->account, 0));
    CHECK_EQ(f->promised, 0);
    CHECK_EQ(take_pages(m, greedy, 10, 1), 10);
    manager_check(&m->manager);
    machine_free(m);
}

TEST(reservation_ends_with_its_session)
{
    struct machine *m = machine_new(24ull << 20);
    struct frames *f = &m->manager.store.frames;
    struct session *kept, *other;

    CHECK_EQ(session_open(&m->manager, "kept", 16ull << 20, &kept), 0);
    CHECK(frames_reserve(f, &kept->account, 16ull << 20));
    CHECK_EQ(session_open(&m->manager, "other", SESSION_NO_LIMIT, &other), 0);
    CHECK(!frames_reserve(f, &other->account, 16ull << 20));
    CHECK_EQ(take_pages(m, kept, 1, 1), 1);
    session_close(&m->manager, kept);
    CHECK_EQ(f->promised, 0);
    CHECK(frames_reserve(f, &other->account, 16ull << 20));
    CHECK(frames_reserve(f, &other->account, 4ull << 20)); /* less is always possible */
    machine_free(m);
}

UNIT_MAIN(T(reservation), T(reservation_ends_with_its_session), T(resized), T(growing_fails),
          T(open_sizes), T(memory_is_clean_when_reused), T(maps_in_one_piece),
          T(replaced_pages_are_shared_until_written),
          T(copy_is_lazy_both_ways), T(part_copies_and_holes), T(two_views_of_one_dataspace),
          T(eager_views_of_the_source_survive), T(copy_of_a_part_downgrades_the_part), T(limits),
          T(memory_runs_out), T(kernel_memory_runs_out), T(hostile_arguments),
          T(offsets_add_up_to_the_end), T(number_of_dataspaces_is_bounded),
          T(pages_handed_out_are_bounded), T(device_memory), T(clear),
          T(account_outlives_its_gate), T(death_of_a_client))
