/* SPDX-License-Identifier: BSD-2-Clause */
#include "unit.h"

#include <task/slots.h>
#include "errors/errors.h"
#include "hostile.h"
#include "idl/books.h"
#include "idl/dataspace.h"
#include "idl/dm.h"
#include "idl/fprov.h"
#include "idl/names.h"
#include "idl/root.h"
#include "ipc/slots.h"
#include "server/server.h"

/*
 * What a client of bmodfs sees: rows F01, F02, F04, F06, with dm_phys and with a manager of its own.
 * The scenario makes the files: random bytes of known sums, a text.
 */

static l4_cap_t bmodfs, dm, own;
static uint64_t used_at_start;

static uint64_t dm_used(void)
{
    uint64_t limit, used = ~0ull, peak, shared;
    uint32_t count;

    dm_info(dm, &limit, &used, &peak, &shared, &count);
    return used;
}

/* Opens @name with the manager @session: the dataspace, or 0 and *@error. */
static l4_cap_t open_file(const char *name, l4_cap_t session, uint64_t *size, long *error)
{
    l4_cap_t slot = slots_alloc();

    *error = fprov_open(bmodfs, name, session, size, slot);
    if (*error == 0)
        return slot;
    slots_free(slot);
    return 0;
}

static long open_fails(const char *name, l4_cap_t session)
{
    uint64_t size;
    long error;
    l4_cap_t slot = open_file(name, session, &size, &error);

    slots_release(slot);
    return error;
}

/* Sum of the bytes of a file; the rest of its last page must be zeros. ~0 if something is wrong. */
static uint64_t sum_of(l4_cap_t dataspace, uint64_t size)
{
    uint64_t pages = (size + L4_PAGE_SIZE - 1) & L4_PAGE_MASK, sum = 0, rest = 0;
    void *address = NULL;

    if (server_map(dataspace, 0, pages, L4_FPAGE_R, &address) < 0)
        return ~0ull;
    for (uint64_t i = 0; i < size; i++)
        sum += ((unsigned char *)address)[i];
    for (uint64_t i = size; i < pages; i++)
        rest |= ((unsigned char *)address)[i];
    server_unmap(address, pages);
    return rest ? ~0ull : sum;
}

/* The sums of the scenario's files, printed for it to compare. */
TEST(contents)
{
    static const char *const names[] = {"small", "(nd)/tftpboot/text", "x/y/page", "(nd)big"};

    for (unsigned i = 0; i < 4; i++) {
        uint64_t size = 0, sum;
        long error = 0;
        l4_cap_t slot = open_file(names[i], dm, &size, &error);
        CHECK_EQ(error, 0);
        sum = sum_of(slot, size);
        printf("%s: %llu bytes, sum %llu\n", names[i], (unsigned long long)size,
               (unsigned long long)sum);
        slots_release(slot);
        CHECK_EQ(dm_used(), used_at_start); /* bmodfs keeps nothing */
    }
}

/* One's own copy: it belongs to the session that was given, and the file stays as it is. */
TEST(file_is_the_clients)
{
    uint64_t size, first, before = dm_used();
    long error = 0;
    void *address;
    l4_cap_t slot = open_file("small", dm, &size, &error), again;

    CHECK_EQ(error, 0);
    CHECK_EQ(dm_used() - before, (size + L4_PAGE_SIZE - 1) & L4_PAGE_MASK);
    CHECK_EQ(dm_check(dm, slot, &size), 0); /* dm_phys knows it */
    first = sum_of(slot, 10);
    CHECK_EQ(server_map(slot, 0, L4_PAGE_SIZE, L4_FPAGE_RW, &address), 0);
    memset(address, 0x55, 100);
    server_unmap(address, L4_PAGE_SIZE);
    again = open_file("small", dm, &size, &error);
    CHECK_EQ(error, 0);
    CHECK(first != 10 * 0x55);
    CHECK_EQ(sum_of(again, size) == ~0ull, 0);
    slots_release(again);
    slots_release(slot);
    CHECK_EQ(dm_used(), before);
}

TEST(each_error_its_own)
{
    l4_cap_t base = slots_alloc(), tiny = slots_alloc();

    CHECK_EQ(open_fails("missing", dm), -ERR_ENOFILE);
    CHECK_EQ(open_fails("", dm), -ERR_ENOFILE);
    CHECK_EQ(open_fails("bmodfs_client", dm), -ERR_ENOFILE); /* started, not a file */
    CHECK_EQ(server_query("DM_PHYS", 0, base), 0);
    CHECK_EQ(dm_session(base, "tiny", 4 * L4_PAGE_SIZE, tiny), 0);
    CHECK_EQ(open_fails("big", tiny), -ERR_ENOMEM);
    CHECK_EQ(open_fails("small", tiny), 0);
    CHECK_EQ(open_fails("small", TASK_CAP_THREAD), -ERR_ETRANSFER); /* no manager at all */
    slots_release(tiny);
    slots_release(base);
}

TEST(manager_of_the_client)
{
    uint64_t size = 0, sum = 0, want;
    long error = 0;
    l4_cap_t slot = open_file("small", dm, &size, &error);

    CHECK_EQ(error, 0);
    want = sum_of(slot, size);
    slots_release(slot);
    hostile_be(HONEST);
    slot = open_file("small", own, &size, &error);
    CHECK_EQ(error, 0);
    for (uint64_t i = 0; i < size; i++)
        sum += hostile_memory()[i];
    CHECK_EQ(sum, want);
    slots_release(slot);
}

TEST(hostile_managers)
{
    static const enum behaviour ways[] = {MAPS_NOTHING, MAPS_READ_ONLY, TAKES_AWAY, SAYS_TOO_MUCH};

    for (unsigned i = 0; i < 4; i++) {
        hostile_be(ways[i]);
        CHECK_EQ(open_fails("big", own), -ERR_ETRANSFER);
        CHECK_EQ(open_fails("small", dm), 0); /* the next request works */
    }
    hostile_be(NO_MEMORY);
    CHECK_EQ(open_fails("small", own), -ERR_ENOMEM);
    CHECK_EQ(open_fails("small", dm), 0);
}

TEST(silent_manager_is_given_up)
{
    l4_cap_t silence = hostile_silence();
    uint64_t start = server_clock_us();

    CHECK(silence != 0);
    CHECK_EQ(open_fails("small", silence), -ERR_ETRANSFER);
    CHECK(server_clock_us() - start < 11000000);
    CHECK_EQ(open_fails("small", dm), 0);
    slots_release(silence);
}

TEST(books_are_balanced)
{
    CHECK_EQ(dm_used(), used_at_start);
    CHECK_EQ(books_print(bmodfs), 0);
}

static const struct unit_test tests[] = {
    T(contents), T(file_is_the_clients), T(each_error_its_own), T(manager_of_the_client), T(hostile_managers),
    T(silent_manager_is_given_up), T(books_are_balanced),
};

static long start(void)
{
    l4_cap_t base = slots_alloc();
    long result;

    bmodfs = slots_alloc();
    dm = slots_alloc();
    result = server_query("BMODFS", 5000000, bmodfs);
    if (result == 0)
        result = server_query("DM_PHYS", 5000000, base);
    if (result == 0)
        result = dm_session(base, "bmodfs_client", ~0ull, dm);
    slots_release(base);
    if (result == 0)
        result = hostile_start(&own);
    used_at_start = dm_used();
    return result;
}

int main(void)
{
    long result = start();
    int failed = 1;

    if (result < 0)
        printf("FAIL start: %s\n", error_text(result));
    else
        failed = unit_run(tests, sizeof(tests) / sizeof(tests[0]));
    printf("done: %d failed\n", failed);
    return (int)root_shutdown(TASK_CAP_PAGER, failed);
}
