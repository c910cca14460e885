/* SPDX-License-Identifier: BSD-2-Clause */
#include "unit.h"
#include "test/unit/idl/kernel.h"

/* lib/ipc/slots.c: free capability slots. State carries over from test to test. */

TEST(nothing_before_init)
{
    CHECK_EQ(slots_alloc(), 0);
    CHECK_EQ(slots_left(), 0);
}

TEST(only_the_range_is_given)
{
    static bool seen[L4_CAP_SLOTS];
    l4_cap_t slot;
    unsigned count = 0;

    slots_init(70, 300);
    CHECK_EQ(slots_left(), 300);
    while ((slot = slots_alloc())) {
        uint64_t index = l4_cap_index(slot);
        CHECK(index >= 70 && index < 370 && (slot & 0xfff) == 0);
        CHECK(!seen[index]);
        seen[index] = true;
        count++;
    }
    CHECK_EQ(count, 300);
    for (unsigned i = 70; i < 370; i++)
        slots_free(l4_cap(i));
    CHECK_EQ(slots_left(), 300);
    slots_free(0);
    CHECK_EQ(slots_left(), 300);
}

TEST(ranges_are_aligned_and_whole)
{
    for (unsigned order = 0; order <= 7; order++) {
        l4_cap_t first = slots_alloc_range(order);
        CHECK(first != 0);
        CHECK_EQ(l4_cap_index(first) % (1u << order), 0);
        CHECK_EQ(slots_left(), 300 - (1u << order));
        slots_free_range(first, order);
        CHECK_EQ(slots_left(), 300);
    }
    CHECK_EQ(slots_alloc_range(8), 0); /* 256..511 is not all ours */
    CHECK_EQ(slots_alloc_range(16), 0);
    CHECK_EQ(slots_left(), 300);
}

TEST(a_used_slot_is_in_no_range)
{
    l4_cap_t singles[300];
    unsigned count = 0;

    for (unsigned i = 0; i < 300; i++)
        singles[count++] = slots_alloc();
    for (unsigned i = 0; i < 300; i += 2)
        slots_free(singles[i]);
    CHECK_EQ(slots_alloc_range(1), 0);
    CHECK_EQ(slots_alloc_range(7), 0);
    CHECK_EQ(slots_left(), 150);
    for (unsigned i = 1; i < 300; i += 2)
        slots_free(singles[i]);
    CHECK(slots_alloc_range(6) != 0);
}

UNIT_MAIN(T(nothing_before_init), T(only_the_range_is_given), T(ranges_are_aligned_and_whole),
          T(a_used_slot_is_in_no_range))
