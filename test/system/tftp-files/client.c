/* SPDX-License-Identifier: BSD-2-Clause */
#include "unit.h"

#include <task/slots.h>
#include "errors/errors.h"
#include "../bmodfs-files/hostile.h"
#include "idl/books.h"
#include "idl/dataspace.h"
#include "idl/dm.h"
#include "idl/fprov.h"
#include "idl/names.h"
#include "idl/root.h"
#include "ipc/slots.h"
#include "server/server.h"
#include "server/thread.h"
#include "sigma0/client.h"

/*
 * What clients of tftp see: rows F01, F04, F06, F11, B17. The files lie in the folder of the
 * scenario on the host; their check sums (Adler-32) stand there, too.
 */

#define SECOND 1000000ull

static l4_cap_t tftp, dm, own;
static uint64_t used_at_start;

static uint64_t dm_used(void)
{
    uint64_t limit, used = ~0ull, peak, shared;
    uint32_t count;

    dm_info(dm, &limit, &used, &peak, &shared, &count);
    return used;
}

static long open_file(const char *name, l4_cap_t session, l4_cap_t slot, uint64_t *size)
{
    return fprov_open(tftp, name, session, size, slot);
}

/* Opens and forgets: the result. */
static long opens(const char *name, l4_cap_t session)
{
    l4_cap_t slot = slots_alloc();
    uint64_t size;
    long error = open_file(name, session, slot, &size);

    slots_release(slot);
    return error;
}

#define PIECE (4ull << 20) /* mapped at a time: mappings cost the kernel memory */

struct sum {
    uint32_t a, b;
    uint64_t rest; /* bytes past the end that are not zero */
};

static long sum_piece(l4_cap_t dataspace, uint64_t offset, uint64_t size, struct sum *sum)
{
    uint64_t pages = size ? (size + L4_PAGE_SIZE - 1) & L4_PAGE_MASK : L4_PAGE_SIZE;
    void *address = NULL;
    long error = server_map(dataspace, offset, pages, L4_FPAGE_R, &address);

    if (error < 0)
        return error;
    for (uint64_t i = 0; i < size; i++) {
        sum->a = (sum->a + ((unsigned char *)address)[i]) % 65521;
        sum->b = (sum->b + sum->a) % 65521;
    }
    for (uint64_t i = size; i < pages; i++)
        sum->rest += ((unsigned char *)address)[i] != 0;
    server_unmap(address, pages);
    return 0;
}

/* Check sum of a file; the rest of its last page must be zeros. ~0 if something is wrong. */
static uint64_t sum_of(l4_cap_t dataspace, uint64_t size)
{
    struct sum sum = {.a = 1};
    uint64_t at = 0;

    do {
        uint64_t piece = size - at < PIECE ? size - at : PIECE;
        if (sum_piece(dataspace, at, piece, &sum) < 0)
            return ~0ull;
        at += piece;
    } while (at < size);
    return sum.rest ? ~0ull : (uint64_t)sum.b << 16 | sum.a;
}

static long show(const char *name)
{
    l4_cap_t slot = slots_alloc();
    uint64_t size = ~0ull;
    long error = open_file(name, dm, slot, &size);

    if (error == 0)
        printf("%s: %llu bytes, sum %llx\n", name, (unsigned long long)size,
               (unsigned long long)sum_of(slot, size));
    else
        printf("%s: %s\n", name, error_text(error));
    slots_release(slot);
    return error;
}

/* Sizes around whole blocks (1428 bytes) and pages, by all forms of names. */
TEST(contents)
{
    static const char *const names[] = {"sub/small", "(nd)/sub/small", "/sub/small", "block",
                                        "(nd)page", "empty", "large"};

    for (unsigned i = 0; i < sizeof names / sizeof names[0]; i++) {
        CHECK_EQ(show(names[i]), 0);
        CHECK_EQ(dm_used(), used_at_start);
    }
}

TEST(each_error_its_own)
{
    l4_cap_t base = slots_alloc(), tiny = slots_alloc();

    CHECK_EQ(opens("missing", dm), -ERR_ENOFILE);
    CHECK_EQ(opens("block", dm), 0);
    CHECK_EQ(opens("", dm), -ERR_ENOFILE);
    CHECK_EQ(opens("(nd)/../block", dm), -ERR_ENOFILE);
    CHECK_EQ(server_query("DM_PHYS", 0, base), 0);
    CHECK_EQ(dm_session(base, "tiny", 4 * L4_PAGE_SIZE, tiny), 0);
    CHECK_EQ(opens("large", tiny), -ERR_ENOMEM);
    CHECK_EQ(opens("block", tiny), 0);
    slots_release(tiny);
    slots_release(base);
}

TEST(manager_of_the_client)
{
    l4_cap_t slot = slots_alloc();
    uint64_t size = 0, want, a = 1, b = 0;

    CHECK_EQ(open_file("sub/small", dm, slot, &size), 0);
    want = sum_of(slot, size);
    slots_release(slot);
    slot = slots_alloc();
    hostile_be(HONEST);
    CHECK_EQ(open_file("sub/small", own, slot, &size), 0);
    for (uint64_t i = 0; i < size; i++) {
        a = (a + hostile_memory()[i]) % 65521;
        b = (b + a) % 65521;
    }
    CHECK_EQ(b << 16 | a, want);
    slots_release(slot);
}

TEST(hostile_managers)
{
    static const enum behaviour ways[] = {MAPS_NOTHING, MAPS_READ_ONLY, TAKES_AWAY, SAYS_TOO_MUCH};

    for (unsigned i = 0; i < 4; i++) {
        hostile_be(ways[i]);
        CHECK_EQ(opens("medium", own), -ERR_ETRANSFER);
        CHECK_EQ(opens("block", dm), 0); /* the next request works */
    }
    hostile_be(NO_MEMORY);
    CHECK_EQ(opens("block", own), -ERR_ENOMEM);
    CHECK_EQ(opens("block", dm), 0);
}

/* A second client: a thread that opens one file. */
static struct {
    const char *name;
    l4_cap_t session;
    volatile long result;
    volatile uint64_t ended_us;
} other;

static void open_other(void)
{
    other.result = opens(other.name, other.session);
    other.ended_us = server_clock_us();
    for (;;)
        server_sleep_us(1000 * SECOND);
}

static long start_other(const char *name, l4_cap_t session, unsigned number,
                        void (*entry)(void))
{
    static struct server_thread threads[2];
    struct server_thread *t = &threads[number];

    *t = (struct server_thread){.name = "other", .number = 3 + number, .priority = 100,
                                .entry = entry};
    other.name = name;
    other.session = session;
    other.ended_us = 0;
    other.result = 1;
    long error = server_thread_make(t);
    return error < 0 ? error : server_thread_run(t);
}

static long wait_for_other(uint64_t most_us)
{
    uint64_t end = server_clock_us() + most_us;

    while (!other.ended_us && server_clock_us() < end)
        server_sleep_us(1000);
    return other.result;
}

/* F11: a large file is on its way; a small one is there before it. */
TEST(small_file_overtakes_large_one)
{
    CHECK_EQ(start_other("large", dm, 0, open_other), 0);
    server_sleep_us(SECOND / 20);
    CHECK_EQ(other.ended_us, 0);
    for (unsigned i = 0; i < 3; i++)
        CHECK_EQ(opens("block", dm), 0);
    CHECK_EQ(other.ended_us, 0);
    CHECK_EQ(wait_for_other(20 * SECOND), 0);
}

/* F11: a client whose manager never answers holds up nobody, and hears of it. */
TEST(slow_client_holds_up_nobody)
{
    l4_cap_t silence = hostile_silence();
    uint64_t start = server_clock_us();

    CHECK(silence != 0);
    CHECK_EQ(start_other("block", silence, 1, open_other), 0);
    server_sleep_us(SECOND / 50);
    for (unsigned i = 0; i < 20; i++)
        CHECK_EQ(opens("sub/small", dm), 0);
    CHECK(server_clock_us() - start < 5 * SECOND);
    CHECK_EQ(other.ended_us, 0);
    CHECK_EQ(wait_for_other(12 * SECOND), -ERR_ETRANSFER);
    CHECK(other.ended_us - start >= 9 * SECOND);
    CHECK_EQ(opens("block", dm), 0);
    slots_release(silence);
}

/* B17: ports and interrupts are the driver's alone. */
TEST(the_card_is_not_ours)
{
    CHECK(sigma0_get_ports(TASK_CAP_PAGER, 0xcf8, 3) < 0);
    CHECK(sigma0_get_ports(TASK_CAP_PAGER, 0xc000, 12) < 0);
    CHECK(!ipc_kernel_valid(TASK_CAP_ICU));
}

TEST(books_are_balanced)
{
    CHECK_EQ(dm_used(), used_at_start);
    CHECK_EQ(books_print(tftp), 0);
}

static const struct unit_test tests[] = {
    T(contents), T(each_error_its_own), T(manager_of_the_client), T(hostile_managers),
    T(small_file_overtakes_large_one), T(slow_client_holds_up_nobody), T(the_card_is_not_ours),
    T(books_are_balanced),
};

static long start(void)
{
    l4_cap_t base = slots_alloc();
    long result;

    tftp = slots_alloc();
    dm = slots_alloc();
    result = server_query("TFTP", 5 * SECOND, tftp);
    if (result == 0)
        result = server_query("DM_PHYS", 5 * SECOND, base);
    if (result == 0)
        result = dm_session(base, "tftp_client", ~0ull, dm);
    slots_release(base);
    if (result == 0)
        result = hostile_start(&own);
    used_at_start = dm_used();
    return result;
}

/* A client of its own: says when it has its answer. */
static void show_other(void)
{
    other.result = opens(other.name, dm);
    printf("+%s: %s\n", other.name, other.result ? error_text(other.result) : "here");
    other.ended_us = server_clock_us();
    for (;;)
        server_sleep_us(1000 * SECOND);
}

/* One file, "+NAME" by a second client at the same time. */
static void show_argument(const char *name)
{
    if (name[0] != '+')
        show(name);
    else if (start_other(name + 1, dm, 0, show_other) < 0)
        printf("FAIL no second client\n");
}

/* With arguments: just these files, one after the other. */
int main(int argc, char **argv)
{
    long result = start();
    int failed = 1;

    if (result < 0)
        printf("%s start: %s\n", argc > 1 ? "no" : "FAIL", error_text(result));
    for (int i = 1; result == 0 && i < argc; i++)
        show_argument(argv[i]);
    while (other.name && !other.ended_us)
        server_sleep_us(SECOND / 100);
    if (argc > 1)
        return (int)root_shutdown(TASK_CAP_PAGER, result < 0);
    if (result == 0)
        failed = unit_run(tests, sizeof(tests) / sizeof(tests[0]));
    printf("done: %d failed\n", failed);
    return (int)root_shutdown(TASK_CAP_PAGER, failed);
}
