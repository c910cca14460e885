/* SPDX-License-Identifier: BSD-2-Clause */
/* What a client of dm_phys sees. Each test leaves nothing behind; the last one checks that. */
#include "unit.h"

#include <task/slots.h>

#include "errors/errors.h"
#include "fault.h"
#include "idl/books.h"
#include "idl/dataspace.h"
#include "idl/dm.h"
#include "idl/names.h"
#include "idl/root.h"
#include "ipc/slots.h"
#include "l4sys/task.h"
#include "views.h"

#define PAGE L4_PAGE_SIZE
#define MB (1024ul * 1024)
#define NO_LIMIT (~0ull)

static l4_cap_t base, dm; /* DM_PHYS; a session without limit */
static uint64_t used_at_start;

static uint64_t memory_used(void)
{
    uint64_t free, used = ~0ull;
    dm_memory(dm, &free, &used);
    return used;
}

static uint64_t session_used(l4_cap_t session)
{
    uint64_t limit, used = ~0ull, peak, shared;
    uint32_t count;
    dm_info(session, &limit, &used, &peak, &shared, &count);
    return used;
}

static l4_cap_t open_ds(uint64_t size)
{
    l4_cap_t ds = slots_alloc();
    return dm_open(dm, size, 0, "test", ds) == 0 ? ds : 0;
}

static l4_cap_t copy_of(l4_cap_t source, uint64_t first, uint64_t count)
{
    l4_cap_t ds = slots_alloc();
    return dm_copy(dm, source, first * PAGE, count * PAGE, "copy", ds) == 0 ? ds : 0;
}

TEST(open_sizes_and_close)
{
    static const uint64_t sizes[] = {1, 4096, 4097, 65536, 4 * MB, 64 * MB};
    for (unsigned i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        uint64_t size, used = memory_used();
        char name[33];
        l4_cap_t ds = open_ds(sizes[i]);
        CHECK(ds != 0);
        CHECK_EQ(dataspace_info(ds, &size, name), 0);
        CHECK_EQ(size, (sizes[i] + PAGE - 1) & L4_PAGE_MASK);
        CHECK_STR(name, "test");
        CHECK_EQ(session_used(dm), size);
        CHECK_EQ(peek(ds, size / PAGE - 1), 0);
        CHECK_EQ(poke(ds, size / PAGE - 1, 5), 0);
        slots_release(ds);
        CHECK_EQ(memory_used(), used);
        CHECK_EQ(session_used(dm), 0);
    }
}

TEST(zeroed)
{
    for (unsigned round = 0; round < 2; round++) {
        l4_cap_t ds = open_ds(8 * MB);
        CHECK_EQ(view_map(0, ds, 0, 8 * MB, L4_FPAGE_RW), 0);
        uint64_t bits = 0;
        for (uint64_t at = 0; at < 8 * MB; at += 8)
            bits |= *word(0, at);
        CHECK_EQ(bits, 0);
        for (uint64_t at = 0; at < 8 * MB; at += 64)
            *word(0, at) = ~at;
        slots_release(ds);
        CHECK_EQ(memory_used(), used_at_start);
    }
}

TEST(four_megabytes_at_once)
{
    struct ipc_window window = {.fpage = l4_fpage_mem(VIEW(0), 26, L4_FPAGE_RWX)};
    uint64_t mapped;
    l4_cap_t ds = open_ds(4 * MB);
    CHECK_EQ(dataspace_map(ds, 0, 4 * MB, VIEW(0), L4_FPAGE_RW, &mapped, &window), 0);
    CHECK_EQ(mapped, 4 * MB);
    for (uint64_t page = 0; page < 1024; page++)
        *word(0, page * PAGE) = page;
    CHECK_EQ(view_map(1, ds, 0, 4 * MB, L4_FPAGE_R), 0);
    for (uint64_t page = 0; page < 1024; page++)
        CHECK_EQ(*word(1, page * PAGE), page);
    slots_release(ds);
}

TEST(read_only_sharing)
{
    uint64_t value;
    l4_cap_t ds = open_ds(2 * PAGE), shared = slots_alloc(), grown = slots_alloc();
    CHECK_EQ(poke(ds, 0, 11), 0);
    CHECK_EQ(l4_task_map_cap(TASK_CAP_TASK, ds, shared, L4_CAP_R), 0);
    CHECK_EQ(view_map(1, shared, 0, 2 * PAGE, L4_FPAGE_RW), -L4_EPERM);
    CHECK_EQ(view_map(1, shared, 0, 2 * PAGE, L4_FPAGE_R), 0);
    CHECK(fault_read(VIEW(1), &value) && value == 11);
    CHECK(!fault_write(VIEW(1), 12));
    CHECK(!fault_write(VIEW(1) + PAGE, 12));
    CHECK_EQ(peek(ds, 0), 11);
    CHECK_EQ(poke(ds, 0, 13), 0); /* what the owner writes is seen */
    CHECK(fault_read(VIEW(1), &value) && value == 13);
    CHECK_EQ(l4_task_map_cap(TASK_CAP_TASK, shared, grown, L4_CAP_RW), 0); /* rights cannot grow */
    CHECK_EQ(view_map(1, grown, 0, PAGE, L4_FPAGE_RW), -L4_EPERM);
    CHECK_EQ(dataspace_clear(grown, 0, PAGE), -L4_EPERM);
    slots_release(grown);
    slots_release(shared);
    slots_release(ds);
    CHECK(!fault_read(VIEW(1), &value)); /* with the last capability the memory goes */
}

TEST(copies_are_lazy)
{
    l4_cap_t a = open_ds(16 * MB), b;
    CHECK_EQ(view_map(0, a, 0, 16 * MB, L4_FPAGE_RW), 0);
    for (uint64_t page = 0; page < 4096; page++)
        *word(0, page * PAGE) = page + 1;
    for (unsigned round = 0; round < 2; round++) {
        uint64_t used = memory_used();
        b = copy_of(a, 0, 4096);
        CHECK(b != 0);
        CHECK(memory_used() - used <= PAGE);
        l4_cap_t first = round ? a : b, second = round ? b : a;
        CHECK_EQ(poke(first, 7, 70), 0);
        CHECK_EQ(peek(second, 7), 8);
        CHECK_EQ(poke(second, 7, 71), 0);
        CHECK_EQ(peek(first, 7), 70);
        CHECK_EQ(peek(first, 8), 9);
        CHECK_EQ(poke(a, 7, 8), 0);
        slots_release(b);
        CHECK_EQ(memory_used(), used);
    }
    slots_release(a);
}

TEST(part_copies)
{
    l4_cap_t a = open_ds(10 * PAGE);
    for (unsigned p = 0; p < 10; p++)
        CHECK_EQ(poke(a, p, p + 1), 0);
    l4_cap_t b = copy_of(a, 3, 4), c = copy_of(b, 2, 20);
    CHECK(b && c);
    CHECK_EQ(peek(b, 0), 4);
    CHECK_EQ(peek(c, 0), 6);
    CHECK_EQ(peek(c, 1), 7);
    for (unsigned p = 2; p < 20; p++)
        CHECK_EQ(peek(c, p), 0);
    CHECK_EQ(poke(c, 4, 44), 0);
    CHECK_EQ(peek(c, 3), 0);
    slots_release(a);
    slots_release(b);
    CHECK_EQ(peek(c, 1), 7);
    CHECK_EQ(peek(c, 4), 44);
    CHECK_EQ(peek(c, 5), 0);
    slots_release(c);
}

/** A copy written through one view is seen through the other, and the original's views stay. */
TEST(two_views_and_the_original)
{
    uint64_t value;
    l4_cap_t a = open_ds(4 * PAGE), b;
    CHECK_EQ(view_map(0, a, 0, 4 * PAGE, L4_FPAGE_RW), 0);
    for (unsigned p = 0; p < 4; p++)
        *word(0, p * PAGE) = p + 10;
    b = copy_of(a, 0, 4);
    CHECK(!fault_write(VIEW(0), 1)); /* no longer writable: it would change the copy */
    CHECK(fault_read(VIEW(0), &value) && value == 10);
    CHECK_EQ(view_map(1, b, 0, 4 * PAGE, L4_FPAGE_R), 0);
    CHECK_EQ(view_map(2, b, PAGE, PAGE, L4_FPAGE_RW), 0); /* breaks page 1 */
    CHECK(fault_write(VIEW(2) + PAGE, 99));
    CHECK(!fault_read(VIEW(1) + PAGE, &value)); /* not the old one */
    CHECK(fault_read(VIEW(1) + 2 * PAGE, &value) && value == 12);
    CHECK_EQ(view_map(1, b, PAGE, PAGE, L4_FPAGE_R), 0);
    CHECK(fault_read(VIEW(1) + PAGE, &value) && value == 99);
    CHECK(!fault_write(VIEW(1) + PAGE, 98));
    for (unsigned p = 0; p < 4; p++)
        CHECK(fault_read(VIEW(0) + p * PAGE, &value) && value == p + 10);
    CHECK_EQ(view_map(0, a, 0, 4 * PAGE, L4_FPAGE_RW), 0); /* mapping again */
    CHECK(fault_write(VIEW(0) + 2 * PAGE, 50));
    CHECK_EQ(peek(b, 2), 12);
    slots_release(a);
    slots_release(b);
}

/** Rows D06, D11: what is taken away or behind the new end faults; the rest keeps its contents. */
TEST(revoke_and_resize)
{
    uint64_t value, size;
    char name[33];
    l4_cap_t ds = open_ds(4 * PAGE), weak = slots_alloc();
    CHECK_EQ(view_map(0, ds, 0, 4 * PAGE, L4_FPAGE_RW), 0);
    for (unsigned p = 0; p < 4; p++)
        *word(0, p * PAGE) = p + 1;
    CHECK_EQ(dataspace_revoke(ds, PAGE, 2 * PAGE), 0);
    CHECK(!fault_read(VIEW(0) + PAGE, &value) && !fault_write(VIEW(0) + 2 * PAGE, 9));
    CHECK(fault_read(VIEW(0), &value) && value == 1);
    CHECK(fault_write(VIEW(0) + 3 * PAGE, 4));
    CHECK_EQ(view_map(0, ds, 0, 4 * PAGE, L4_FPAGE_RW), 0);
    CHECK(fault_read(VIEW(0) + PAGE, &value) && value == 2);
    CHECK_EQ(dataspace_resize(ds, 2 * PAGE), 0);
    CHECK(fault_read(VIEW(0) + PAGE, &value) || view_map(0, ds, 0, 2 * PAGE, L4_FPAGE_RW) == 0);
    CHECK(fault_read(VIEW(0) + PAGE, &value) && value == 2);
    CHECK(!fault_read(VIEW(0) + 2 * PAGE, &value));
    CHECK_EQ(session_used(dm), 2 * PAGE);
    CHECK_EQ(view_map(0, ds, 0, 3 * PAGE, L4_FPAGE_R), -L4_ERANGE);
    CHECK_EQ(dataspace_resize(ds, 300 * PAGE), 0);
    CHECK_EQ(session_used(dm), 300 * PAGE);
    CHECK_EQ(dataspace_info(ds, &size, name), 0);
    CHECK_EQ(size, 300 * PAGE);
    CHECK_EQ(peek(ds, 0), 1);
    CHECK_EQ(peek(ds, 2), 0);
    CHECK_EQ(peek(ds, 299), 0);
    CHECK_EQ(l4_task_map_cap(TASK_CAP_TASK, ds, weak, L4_CAP_R), 0);
    CHECK_EQ(dataspace_resize(weak, PAGE), -L4_EPERM);
    CHECK_EQ(dataspace_revoke(weak, 0, PAGE), -L4_EPERM);
    CHECK_EQ(dataspace_revoke(ds, 299 * PAGE, 2 * PAGE), -L4_ERANGE);
    CHECK_EQ(dataspace_revoke(ds, 1, PAGE), -L4_EINVAL);
    slots_release(weak);
    slots_release(ds);
    CHECK_EQ(session_used(dm), 0);
}

TEST(limit)
{
    l4_cap_t small = slots_alloc(), a = slots_alloc(), none = slots_alloc();
    CHECK_EQ(dm_session(base, "small", MB, small), 0);
    CHECK_EQ(dm_open(small, MB, 0, "all", a), 0);
    CHECK_EQ(dm_open(small, 1, 0, "page 257", none), -L4_ENOMEM);
    CHECK_EQ(dm_copy(small, a, 0, PAGE, "copy", none), 0);
    CHECK_EQ(poke(none, 0, 1), -L4_ENOMEM);
    slots_release(none);
    slots_release(a);
    none = slots_alloc();
    CHECK_EQ(dm_open(small, 1, 0, "page 1", none), 0);
    slots_release(none);
    slots_release(small);
}

TEST(device_memory)
{
    uint64_t address, size, other;
    l4_cap_t a = slots_alloc(), weak = slots_alloc(), none = slots_alloc();
    CHECK_EQ(dm_open(dm, 65536, DM_CONTIGUOUS, "dma", a), 0);
    CHECK_EQ(dataspace_phys(a, 0, &address, &size), 0);
    CHECK(address % 65536 == 0 && size == 65536);
    CHECK_EQ(dataspace_phys(a, 9 * PAGE + 5, &other, &size), 0);
    CHECK_EQ(other, address + 9 * PAGE + 5);
    slots_release(a);
    CHECK_EQ(l4_task_map_cap(TASK_CAP_TASK, dm, weak, L4_CAP_RW), 0);
    CHECK_EQ(dm_open(weak, 65536, DM_CONTIGUOUS, "dma", none), -L4_EPERM);
    CHECK_EQ(dm_session(weak, "x", NO_LIMIT, none), -L4_EPERM);
    a = slots_alloc();
    CHECK_EQ(dm_open(dm, 65536, DM_CONTIGUOUS | DM_BELOW_16M, "isa", a), 0);
    CHECK_EQ(dataspace_phys(a, 0, &address, &size), 0);
    CHECK(address + size <= 16 * MB && size == 65536);
    slots_release(a);
    slots_release(weak);
    slots_free(none);
}

/** Row D19: all 100 dataspaces of a client that lets go. */
/* Opens on @session, halving the size from @size on, until not even a page is left: the sum. */
static uint64_t take_all(l4_cap_t session, uint64_t size, l4_cap_t taken[], unsigned *count)
{
    uint64_t sum = 0;
    for (*count = 0; size >= PAGE && *count < 200;) {
        taken[*count] = slots_alloc();
        if (dm_open(session, size, 0, "all", taken[*count]) == 0) {
            sum += size;
            ++*count;
        } else {
            slots_free(taken[*count]);
            size /= 2;
        }
    }
    return sum;
}

/* D18: 8 MB are there though others have asked for all. */
TEST(reservation)
{
    static l4_cap_t taken[200];
    l4_cap_t kept = slots_alloc(), weak = slots_alloc(), greedy = slots_alloc(), ds = slots_alloc();
    uint64_t free, used;
    unsigned count;
    CHECK_EQ(dm_session(base, "kept", 16 * MB, kept), 0);
    CHECK_EQ(dm_session(base, "greedy", NO_LIMIT, greedy), 0);
    CHECK_EQ(l4_task_map_cap(TASK_CAP_TASK, kept, weak, L4_CAP_RW), 0);
    CHECK_EQ(dm_reserve(weak, 8 * MB), -L4_EPERM);
    CHECK_EQ(dm_reserve(kept, 17 * MB), -L4_EINVAL);
    CHECK_EQ(dm_reserve(greedy, 1ull << 40), -L4_ENOMEM);
    CHECK_EQ(dm_reserve(kept, 8 * MB), 0);
    CHECK_EQ(dm_memory(dm, &free, &used), 0);
    uint64_t sum = take_all(greedy, 64 * MB, taken, &count);
    CHECK(sum + 10 * MB > free && sum + 8 * MB < free);
    CHECK_EQ(dm_open(kept, 8 * MB, 0, "reserved", ds), 0);
    CHECK_EQ(poke(ds, 0, 1) | poke(ds, 8 * MB / PAGE - 1, 2), 0);
    slots_release(ds);
    while (count > 0)
        slots_release(taken[--count]);
    slots_release(weak);
    slots_release(kept);
    slots_release(greedy);
}

static uint64_t at_roottask(void)
{
    uint64_t free = 0;

    root_memory(TASK_CAP_PAGER, &free);
    return free;
}

/* What was needed once is not hoarded: boot modules can have it, and dm_phys again. */
TEST(much_free_memory_goes_back)
{
    for (unsigned round = 0; round < 3; round++) {
        l4_cap_t ds = open_ds(100 * MB);
        uint64_t used, free, before = at_roottask();

        CHECK(ds != 0);
        slots_release(ds);
        CHECK_EQ(dm_memory(dm, &free, &used), 0);
        CHECK(at_roottask() >= before + 60 * MB);
        CHECK(free >= before + 100 * MB);
    }
}

TEST(hundred_dataspaces_come_back)
{
    l4_cap_t session = slots_alloc(), ds[100];
    uint64_t used = memory_used();
    CHECK_EQ(dm_session(base, "hundred", NO_LIMIT, session), 0);
    for (unsigned i = 0; i < 100; i++) {
        ds[i] = slots_alloc();
        if (i % 4 == 0)
            CHECK_EQ(dm_open(session, (i + 1) * 3000, 0, "own", ds[i]), 0);
        else
            CHECK_EQ(dm_copy(session, ds[i - 1], 0, 3 * PAGE, "copy", ds[i]), 0);
        CHECK_EQ(poke(ds[i], 0, i), 0);
    }
    slots_release(session); /* dataspaces outlive the gate */
    CHECK_EQ(peek(ds[99], 0), 99);
    CHECK(memory_used() > used);
    for (unsigned i = 0; i < 100; i++)
        slots_release(ds[(i * 37) % 100]);
    CHECK_EQ(memory_used(), used);
}

static uint32_t random_below(uint32_t end)
{
    static uint64_t state = 88172645463325252ull;
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return (uint32_t)((state >> 16) % end);
}

#define COPIES 200
#define COPY_PAGES 8

TEST(random_copies)
{
    static l4_cap_t ds[COPIES];
    static uint64_t value[COPIES][COPY_PAGES];
    uint64_t used = memory_used();
    unsigned count = 0;
    for (unsigned step = 0; count < COPIES; step++) {
        unsigned from = count ? random_below(count) : 0, page = random_below(COPY_PAGES);
        if (count == 0 || step % 3 == 0) {
            ds[count] = count ? copy_of(ds[from], 0, COPY_PAGES) : open_ds(COPY_PAGES * PAGE);
            CHECK(ds[count] != 0);
            memcpy(value[count], value[from], sizeof value[0]);
            count++;
        } else {
            CHECK_EQ(poke(ds[from], page, step), 0);
            value[from][page] = step;
        }
    }
    while (count > 0) {
        unsigned i = random_below(count);
        for (unsigned p = 0; p < COPY_PAGES; p += 3)
            CHECK_EQ(peek(ds[i], p), value[i][p]);
        slots_release(ds[i]);
        ds[i] = ds[--count];
        memcpy(value[i], value[count], sizeof value[0]);
    }
    CHECK_EQ(memory_used(), used);
}

static uint64_t nasty(void)
{
    static const uint64_t numbers[] = {0, 1, 4095, 4096, 65536, 1ull << 33, 1ull << 63, ~0ull,
                                       ~0xfffull, 0x6162636465666768};
    uint64_t n = numbers[random_below(sizeof numbers / sizeof *numbers)];
    return random_below(3) ? n : n + random_below(8192);
}

/** Random words and items at a session and a dataspace; what comes back is given back. */
TEST(hostile_messages)
{
    l4_cap_t target[2] = {slots_alloc(), slots_alloc()}, got = slots_alloc();
    uint64_t used = memory_used();
    CHECK_EQ(dm_session(base, "hostile", MB, target[0]), 0);
    CHECK_EQ(dm_open(target[0], 65536, 0, "target", target[1]), 0);
    for (unsigned i = 0; i < 3000; i++) {
        struct l4_utcb *u = l4_utcb();
        unsigned which = random_below(2), words = random_below(12), items = random_below(3);
        long protocol = random_below(10) ? DM_PROTOCOL + which : (long)nasty();
        for (unsigned w = 1; w < L4_UTCB_MR; w++)
            u->mr[w] = nasty();
        u->mr[0] = random_below(8);
        for (unsigned item = 0; item < items; item++)
            l4_put_item(words + 2 * item, random_below(8) ? 0 : nasty() & ~0xfull,
                        random_below(4) ? l4_fpage_obj(target[random_below(2)], 0, L4_CAP_RW)
                                        : (l4_fpage_t){nasty()});
        u->bdr = 0;
        u->br[0] = (got & L4_PAGE_MASK) | L4_RCV_SMALL | L4_RCV_MAP;
        u->br[1] = 0;
        l4_ipc_call(target[which], l4_msgtag(protocol, words, items, 0), L4_NEVER);
        l4_cap_release(got);
    }
    CHECK_EQ(poke(target[1], 0, 1), 0); /* whatever size it has got */
    CHECK_EQ(peek(target[1], 0), 1);
    slots_release(target[1]);
    slots_release(target[0]);
    slots_free(got);
    CHECK_EQ(memory_used(), used);
}

TEST(books_are_balanced)
{
    l4_cap_t weak = slots_alloc();
    CHECK_EQ(l4_task_map_cap(TASK_CAP_TASK, base, weak, L4_CAP_RW), 0);
    CHECK_EQ(books_print(weak), -L4_EPERM);
    CHECK_EQ(books_print(base), 0);
    slots_release(weak);
    CHECK_EQ(memory_used(), used_at_start);
    CHECK_EQ(session_used(dm), 0);
}

static const struct unit_test tests[] = {
    T(open_sizes_and_close), T(zeroed), T(four_megabytes_at_once), T(read_only_sharing),
    T(copies_are_lazy), T(part_copies), T(two_views_and_the_original),
    T(revoke_and_resize), T(limit), T(reservation), T(device_memory), T(much_free_memory_goes_back),
    T(hundred_dataspaces_come_back), T(random_copies), T(hostile_messages),
    T(books_are_balanced),
};

int main(void)
{
    base = slots_alloc();
    dm = slots_alloc();
    long error = names_query(TASK_CAP_NAMES, "DM_PHYS", 5000000, base);
    if (error == 0)
        error = dm_session(base, "dm_client", NO_LIMIT, dm);
    if (error == 0)
        error = fault_init();
    if (error < 0)
        printf("FAIL start: %s\n", error_text(error));
    used_at_start = memory_used();
    int failed = error < 0 ? 1 : unit_run(tests, sizeof tests / sizeof *tests);
    printf("done: %d failed\n", failed);
    return (int)root_shutdown(TASK_CAP_PAGER, failed);
}
