/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

/*
 * Tests that every file provider passes, for its client to include behind unit.h. The client
 * defines the names of three files: SMALL (up to four pages), MEDIUM, LARGE.
 */
#include <task/slots.h>

#include "errors/errors.h"
#include "hostile.h"
#include "idl/books.h"
#include "idl/dm.h"
#include "ipc/slots.h"
#include "provider.h"
#include "server/server.h"

#define SECOND 1000000ull

extern const char *const SMALL, *const MEDIUM, *const LARGE;

/* No file, no memory, no manager at all: each its own error, and the next request works. */
TEST(each_error_its_own)
{
    l4_cap_t base = slots_alloc(), tiny = slots_alloc();

    CHECK_EQ(provider_opens("missing", provider.dm), -ERR_ENOFILE);
    CHECK_EQ(provider_opens(SMALL, provider.dm), 0);
    CHECK_EQ(provider_opens("", provider.dm), -ERR_ENOFILE);
    CHECK_EQ(server_query("DM_PHYS", 0, base), 0);
    CHECK_EQ(dm_session(base, "tiny", 4 * L4_PAGE_SIZE, tiny), 0);
    CHECK_EQ(provider_opens(LARGE, tiny), -ERR_ENOMEM);
    CHECK_EQ(provider_opens(SMALL, tiny), 0);
    CHECK_EQ(provider_opens(SMALL, TASK_CAP_THREAD), -ERR_ETRANSFER);
    CHECK_EQ(provider_opens(SMALL, provider.dm), 0);
    slots_release(tiny);
    slots_release(base);
}

TEST(manager_of_the_client)
{
    l4_cap_t slot;
    uint64_t size = 0, want;

    CHECK_EQ(provider_open(SMALL, provider.dm, &slot, &size), 0);
    want = provider_file_sum(slot, size);
    slots_release(slot);
    hostile_be(HONEST);
    CHECK_EQ(provider_open(SMALL, provider.own, &slot, &size), 0);
    CHECK_EQ(provider_sum(1, hostile_memory(), size), want);
    slots_release(slot);
}

TEST(hostile_managers)
{
    static const enum behaviour ways[] = {MAPS_NOTHING, MAPS_READ_ONLY, TAKES_AWAY, SAYS_TOO_MUCH};

    for (unsigned i = 0; i < 4; i++) {
        hostile_be(ways[i]);
        CHECK_EQ(provider_opens(MEDIUM, provider.own), -ERR_ETRANSFER);
        CHECK_EQ(provider_opens(SMALL, provider.dm), 0); /* the next request works */
    }
    hostile_be(NO_MEMORY);
    CHECK_EQ(provider_opens(SMALL, provider.own), -ERR_ENOMEM);
    CHECK_EQ(provider_opens(SMALL, provider.dm), 0);
}

TEST(books_are_balanced)
{
    CHECK_EQ(provider_used(), provider.used_at_start);
    CHECK_EQ(books_print(provider.gate), 0);
}

/* All @tests, if @result says that the start went well: how many failed. */
static int provider_run(long result, const struct unit_test *tests, unsigned count)
{
    int failed = 1;

    if (result < 0)
        printf("FAIL start: %s\n", error_text(result));
    else
        failed = unit_run(tests, count);
    printf("done: %d failed\n", failed);
    return failed;
}
