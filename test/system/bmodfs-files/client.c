/* SPDX-License-Identifier: BSD-2-Clause */
#include "unit.h"

#include "idl/root.h"
#include "provider_tests.h"

/*
 * What a client of bmodfs sees: rows F01, F02, F04, F06, with dm_phys and with a manager of its
 * own. The scenario makes the files: random bytes of known sums, a text.
 */

const char *const SMALL = "small", *const MEDIUM = "big", *const LARGE = "big";

/* The sums of the scenario's files, printed for it to compare. */
TEST(contents)
{
    static const char *const names[] = {"small", "(nd)/tftpboot/text", "x/y/page", "(nd)big"};

    for (unsigned i = 0; i < 4; i++) {
        CHECK_EQ(provider_show(names[i]), 0);
        CHECK_EQ(provider_used(), provider.used_at_start); /* bmodfs keeps nothing */
    }
}

/* What runs is no file. */
TEST(modules_that_were_started)
{
    CHECK_EQ(provider_opens("bmodfs_client", provider.dm), -ERR_ENOFILE);
}

/* One's own copy: it belongs to the session that was given, and the file stays as it is. */
TEST(file_is_the_clients)
{
    uint64_t size, sum, before = provider_used();
    l4_cap_t slot, again;
    void *address;

    CHECK_EQ(provider_open("small", provider.dm, &slot, &size), 0);
    CHECK_EQ(provider_used() - before, (size + L4_PAGE_SIZE - 1) & L4_PAGE_MASK);
    sum = provider_file_sum(slot, size);
    CHECK_EQ(dm_check(provider.dm, slot, &size), 0); /* dm_phys knows it */
    CHECK_EQ(server_map(slot, 0, L4_PAGE_SIZE, L4_FPAGE_RW, &address), 0);
    memset(address, 0x55, 100);
    server_unmap(address, L4_PAGE_SIZE);
    CHECK_EQ(provider_open("small", provider.dm, &again, &size), 0);
    CHECK_EQ(provider_file_sum(again, size), sum);
    CHECK(provider_file_sum(slot, size) != sum);
    slots_release(again);
    slots_release(slot);
    CHECK_EQ(provider_used(), before);
}

TEST(silent_manager_is_given_up)
{
    l4_cap_t silence = hostile_silence();
    uint64_t start = server_clock_us();

    CHECK(silence != 0);
    CHECK_EQ(provider_opens("small", silence), -ERR_ETRANSFER);
    CHECK(server_clock_us() - start < 11 * SECOND);
    CHECK_EQ(provider_opens("small", provider.dm), 0);
    slots_release(silence);
}

static const struct unit_test tests[] = {
    T(contents), T(modules_that_were_started), T(file_is_the_clients), T(each_error_its_own),
    T(manager_of_the_client), T(hostile_managers), T(silent_manager_is_given_up),
    T(books_are_balanced),
};

int main(void)
{
    long result = provider_start("BMODFS", "bmodfs_client");

    return (int)root_shutdown(TASK_CAP_PAGER,
                              provider_run(result, tests, sizeof tests / sizeof tests[0]));
}
