/* SPDX-License-Identifier: BSD-2-Clause */
#include "unit.h"

#include "idl/root.h"
#include "ipc/transport.h"
#include "provider_tests.h"
#include "server/thread.h"
#include "sigma0/client.h"

/*
 * What clients of tftp see: rows F01, F04, F06, F11, B17. The files lie in the folder of the
 * scenario on the host; their check sums (Adler-32) stand there, too.
 */

const char *const SMALL = "sub/small", *const MEDIUM = "medium", *const LARGE = "large";

/* Sizes around whole blocks (1428 bytes) and pages, by all forms of names. */
TEST(contents)
{
    static const char *const names[] = {"sub/small", "(nd)/sub/small", "/sub/small", "block",
                                        "(nd)page", "empty", "large"};

    for (unsigned i = 0; i < sizeof names / sizeof names[0]; i++) {
        CHECK_EQ(provider_show(names[i]), 0);
        CHECK_EQ(provider_used(), provider.used_at_start);
    }
}

TEST(no_way_out_of_the_folder)
{
    CHECK_EQ(provider_opens("(nd)/../block", provider.dm), -ERR_ENOFILE);
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
    other.result = provider_opens(other.name, other.session);
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
    CHECK_EQ(start_other("large", provider.dm, 0, open_other), 0);
    server_sleep_us(SECOND / 20);
    CHECK_EQ(other.ended_us, 0);
    for (unsigned i = 0; i < 3; i++)
        CHECK_EQ(provider_opens("block", provider.dm), 0);
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
        CHECK_EQ(provider_opens("sub/small", provider.dm), 0);
    CHECK(server_clock_us() - start < 5 * SECOND);
    CHECK_EQ(other.ended_us, 0);
    CHECK_EQ(wait_for_other(12 * SECOND), -ERR_ETRANSFER);
    CHECK(other.ended_us - start >= 9 * SECOND);
    CHECK_EQ(provider_opens("block", provider.dm), 0);
    slots_release(silence);
}

/* B17: ports and interrupts are the driver's alone. */
TEST(the_card_is_not_ours)
{
    CHECK(sigma0_get_ports(TASK_CAP_PAGER, 0xcf8, 3) < 0);
    CHECK(sigma0_get_ports(TASK_CAP_PAGER, 0xc000, 12) < 0);
    CHECK(!ipc_kernel_valid(TASK_CAP_ICU));
}

static const struct unit_test tests[] = {
    T(contents), T(no_way_out_of_the_folder), T(each_error_its_own), T(manager_of_the_client),
    T(hostile_managers),
    T(small_file_overtakes_large_one), T(slow_client_holds_up_nobody), T(the_card_is_not_ours),
    T(books_are_balanced),
};

/* A client of its own: says when it has its answer. */
static void show_other(void)
{
    other.result = provider_opens(other.name, provider.dm);
    printf("+%s: %s\n", other.name, other.result ? error_text(other.result) : "here");
    other.ended_us = server_clock_us();
    for (;;)
        server_sleep_us(1000 * SECOND);
}

/* One file, "+NAME" by a second client at the same time. */
static void show_argument(const char *name)
{
    if (name[0] != '+')
        provider_show(name);
    else if (start_other(name + 1, provider.dm, 0, show_other) < 0)
        printf("FAIL no second client\n");
}

/* With arguments: just these files, one after the other. */
int main(int argc, char **argv)
{
    long result = provider_start("TFTP", "tftp_client");

    if (argc == 1)
        return (int)root_shutdown(TASK_CAP_PAGER,
                                  provider_run(result, tests, sizeof tests / sizeof tests[0]));
    if (result < 0)
        printf("no start: %s\n", error_text(result));
    for (int i = 1; result == 0 && i < argc; i++)
        show_argument(argv[i]);
    while (other.name && !other.ended_us)
        server_sleep_us(SECOND / 100);
    return (int)root_shutdown(TASK_CAP_PAGER, result < 0);
}
