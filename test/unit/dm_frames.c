/* SPDX-License-Identifier: BSD-2-Clause */
/* Frame allocator and pools of dm_phys. */
#include "unit.h"

#include "dm_machine.h"

#define MB (1024ull * 1024)

static struct frame_request request(uint64_t count, bool low, struct account *payer)
{
    return (struct frame_request){count, low, payer};
}

TEST(run_contiguous_aligned)
{
    struct machine *m = machine_new(32 * MB);
    struct frames *f = &m->manager.store.frames;
    struct account a = {.limit = 64 * MB};
    uint64_t used = machine_used(m);
    struct frame_request r = request(300, false, &a);
    struct frame *run = frames_alloc_run(f, &r);
    CHECK(run != NULL);
    CHECK_EQ(frame_address(f, run).raw % (512 * L4_PAGE_SIZE), 0);
    CHECK_EQ(a.used, 300 * L4_PAGE_SIZE);
    CHECK_EQ(machine_used(m) - used, 300 * L4_PAGE_SIZE);
    for (unsigned i = 0; i < 300; i++)
        CHECK(run[i].refs == 1 && run[i].stale);
    frames_check(f);
    for (unsigned i = 0; i < 300; i++)
        frame_put(f, run + (i * 7) % 300); /* 7 and 300 have no common divisor */
    CHECK_EQ(a.used, 0);
    CHECK_EQ(machine_used(m), used);
    frames_check(f);
    machine_free(m);
}

TEST(chunks_merge)
{
    struct machine *m = machine_new(32 * MB);
    struct frames *f = &m->manager.store.frames;
    struct frame *all[32 * MB / L4_PAGE_SIZE];
    unsigned n = 0;
    struct frame *frame;
    while ((frame = frame_alloc(f, NULL)))
        all[n++] = frame;
    CHECK_EQ(n, 32 * MB / L4_PAGE_SIZE - 1); /* the zero frame */
    CHECK_EQ(f->free_bytes, 0);
    for (unsigned i = 0; i < n; i++) {
        unsigned j = i + random_below(n - i);
        struct frame *swap = all[i];
        all[i] = all[j];
        all[j] = swap;
        frame_put(f, all[i]);
    }
    frames_check(f);
    struct frame_request r = request(16 * MB / L4_PAGE_SIZE, false, NULL);
    CHECK(frames_alloc_run(f, &r) != NULL); /* larger than any chunk that was added */
    machine_free(m);
}

TEST(blocks_when_fragmented)
{
    struct machine *m = machine_new(8 * MB);
    struct frames *f = &m->manager.store.frames;
    struct frame *all[2048];
    unsigned n = 0, order;
    while (n < 2048 && (all[n] = frame_alloc(f, NULL)))
        n++;
    for (unsigned i = 0; i < n; i += 2)
        frame_put(f, all[i]);
    struct frame_request r = request(2, false, NULL);
    CHECK(frames_alloc_run(f, &r) == NULL);
    r = request(512, false, NULL);
    CHECK(frames_alloc_block(f, &r, &order) != NULL);
    CHECK_EQ(order, 0);
    frames_check(f);
    machine_free(m);
}

TEST(low_zone)
{
    struct machine *m = machine_new(4 * MB);
    struct frames *f = &m->manager.store.frames;
    struct frame_request r = request(16, true, NULL);
    struct frame *low = frames_alloc_run(f, &r);
    CHECK(low != NULL);
    CHECK(frame_address(f, low).raw + 16 * L4_PAGE_SIZE <= FRAME_LOW_END);
    frame_put(f, low);
    uint64_t high = 0;
    struct frame *frame;
    while ((frame = frame_alloc(f, NULL)) && frame_address(f, frame).raw >= FRAME_LOW_END)
        high++;
    CHECK_EQ(high, 4 * MB / L4_PAGE_SIZE - 1); /* ordinary requests take the low zone last */
    CHECK(frame != NULL);
    r = request(4096, true, NULL);
    CHECK(frames_alloc_run(f, &r) == NULL);
    r = request(1ull << 30, false, NULL);
    CHECK(frames_alloc_run(f, &r) == NULL); /* absurd, refused */
    frames_check(f);
    machine_free(m);
}

static uint64_t given_back;

static void take_back(struct frames *frames, paddr_t start, unsigned order)
{
    uint64_t number = start.raw / L4_PAGE_SIZE;

    for (uint64_t i = 0; i < 1ull << order; i++)
        CHECK_EQ(frames->table[number + i].state, FRAME_FOREIGN);
    CHECK(order >= FRAME_CHUNK_ORDER && start.raw >= FRAME_LOW_END);
    given_back += L4_PAGE_SIZE << order;
}

TEST(much_free_memory_goes_back)
{
    struct machine *m = machine_new(96 * MB);
    struct frames *f = &m->manager.store.frames;
    struct frame_request r = request(64 * MB / L4_PAGE_SIZE, false, NULL);
    struct frame *run = frames_alloc_run(f, &r);
    CHECK(run != NULL);
    uint64_t number = frame_address(f, run).raw / L4_PAGE_SIZE;

    f->shrink = take_back;
    given_back = 0;
    frames_trim(f);
    CHECK_EQ(given_back, 0); /* nothing is free */
    for (unsigned i = 0; i < 40 * MB / L4_PAGE_SIZE; i++)
        frame_put(f, run + i);
    frames_trim(f);
    CHECK_EQ(given_back, 0); /* not much is */
    for (unsigned i = 40 * MB / L4_PAGE_SIZE; i < 64 * MB / L4_PAGE_SIZE; i++)
        frame_put(f, run + i);
    uint64_t free = f->free_bytes, total = f->total_bytes;
    frames_trim(f);
    frames_check(f);
    CHECK(given_back > 0);
    CHECK_EQ(f->free_bytes, free - given_back);
    CHECK_EQ(f->total_bytes, total - given_back);
    CHECK(f->free_bytes >= FRAME_KEEP && f->free_bytes <= FRAME_KEEP_MAX);
    frames_trim(f);
    CHECK_EQ(f->free_bytes, free - given_back); /* once only */

    for (unsigned i = 0; i < 64 * MB / L4_PAGE_SIZE; i++) /* it may come again */
        if (f->table[number + i].state == FRAME_FOREIGN)
            frames_add(f, (paddr_t){(number + i) * L4_PAGE_SIZE}, L4_PAGE_SIZE);
    frames_check(f);
    CHECK_EQ(f->free_bytes, free);
    CHECK(frames_alloc_run(f, &r) == run);
    machine_free(m);
}

/*
 * A reservation that is not to be had takes nothing from roottask, and one that ends gives it back.
 */
TEST(reservations_go_back)
{
    struct machine *m = machine_new(90 * MB);
    struct frames *f = &m->manager.store.frames;
    struct account account = {.limit = ~0ull};

    f->shrink = take_back;
    given_back = 0;
    CHECK(!frames_reserve(f, &account, 200 * MB));
    CHECK(given_back >= 90 * MB - FRAME_KEEP_MAX);
    CHECK(f->free_bytes <= FRAME_KEEP_MAX);
    frames_check(f);
    machine_free(m);

    m = machine_new(90 * MB);
    f = &m->manager.store.frames;
    f->shrink = take_back;
    given_back = 0;
    CHECK(frames_reserve(f, &account, 80 * MB));
    CHECK(f->free_bytes >= 80 * MB && given_back == 0);
    CHECK(frames_reserve(f, &account, 0));
    CHECK(f->free_bytes <= FRAME_KEEP_MAX);
    frames_check(f);
    machine_free(m);
}

TEST(stale_frames_are_cleared_once)
{
    struct machine *m = machine_new(4 * MB);
    struct frames *f = &m->manager.store.frames;
    struct frame *frame = frame_alloc(f, NULL);
    uint64_t *word = frame_memory_raw(f, frame);
    CHECK(*word != 0);
    CHECK(frame_memory(f, frame) == (void *)word && *word == 0);
    *word = 5;
    CHECK(frame_memory(f, frame) == (void *)word && *word == 5);
    frame_put(f, frame);
    frame = frame_alloc(f, NULL);
    CHECK(frame->stale);
    machine_free(m);
}

TEST(memory_outside_the_table_is_ignored)
{
    struct frame table[16] = {0};
    struct frames f;
    frames_init(&f, NULL, table, 16);
    frames_add(&f, (paddr_t){8 * L4_PAGE_SIZE}, 100 * L4_PAGE_SIZE);
    CHECK_EQ(f.total_bytes, 8 * L4_PAGE_SIZE);
    frames_check(&f);
    frames_add(&f, (paddr_t){1000 * L4_PAGE_SIZE}, L4_PAGE_SIZE);
    CHECK_EQ(f.free_bytes, 8 * L4_PAGE_SIZE);
}

TEST(pool_gives_frames_back)
{
    struct machine *m = machine_new(8 * MB);
    struct pool pool;
    void *object[1000];
    pool_init(&pool, &m->manager.store.frames, "test", 104);
    uint64_t used = machine_used(m);
    for (unsigned i = 0; i < 1000; i++) {
        object[i] = pool_alloc(&pool);
        CHECK(object[i] != NULL);
        memset(object[i], 0xff, 104);
    }
    CHECK_EQ(pool.used, 1000);
    for (unsigned i = 0; i < 1000; i++)
        pool_free(&pool, object[(i * 7) % 1000]);
    CHECK_EQ(machine_used(m), used);
    CHECK_EQ(pool.slabs, 0);
    CHECK_EQ(pool_reserve(&pool, 100), 0);
    CHECK(pool.available >= 100);
    for (unsigned i = 0; i < 100; i++) {
        object[i] = pool_alloc(&pool);
        CHECK(*(uint64_t *)object[i] == 0);
    }
    pool_unreserve(&pool);
    CHECK_EQ(pool_reserve(&pool, 100000), -L4_ENOMEM); /* 8 MB hold fewer */
    for (unsigned i = 0; i < 100; i++)
        pool_free(&pool, object[i]);
    CHECK_EQ(machine_used(m), used);
    machine_free(m);
}

UNIT_MAIN(T(run_contiguous_aligned), T(chunks_merge), T(blocks_when_fragmented), T(low_zone),
          T(much_free_memory_goes_back), T(reservations_go_back),
          T(stale_frames_are_cleared_once),
          T(memory_outside_the_table_is_ignored), T(pool_gives_frames_back))
