/* SPDX-License-Identifier: BSD-2-Clause */
#include "server/roottask/ports.h"
#include "unit.h"

/* roottask's I/O ports: each has one owner at most (B11), whatever pieces are asked for. */

TEST(first_come)
{
    CHECK(ports_take(0x300, 4, 1));
    CHECK(ports_take(0x300, 4, 1));
    CHECK(!ports_take(0x308, 0, 2));
    CHECK(!ports_take(0x300, 5, 2));
    CHECK(ports_take(0x310, 4, 2));
    CHECK(!ports_take(0x300, 5, 1)); /* nothing of a request that is refused is given */
    CHECK_EQ(ports_of(1), 16);
    CHECK_EQ(ports_of(2), 16);
    ports_give_all(1);
    CHECK_EQ(ports_of(1), 0);
    CHECK(ports_take(0x308, 0, 2));
    CHECK_EQ(ports_of(2), 17);
    ports_give_all(2);
}

TEST(pieces_that_overlap_count_once)
{
    CHECK(ports_take(0x40, 1, 3));
    CHECK(ports_take(0x40, 3, 3));
    CHECK(ports_take(0x44, 2, 3));
    CHECK_EQ(ports_of(3), 8);
    ports_give_all(3);
}

/* One driver that asks for every second port takes nothing from others. */
TEST(many_pieces)
{
    for (unsigned i = 0; i < 2000; i++)
        CHECK_EQ(ports_take(0x1000 + 2 * i, 0, 0), i < PORTS_PIECES);
    CHECK_EQ(ports_of(0), PORTS_PIECES);
    CHECK(ports_take(0x1001, 0, 127));
    CHECK(ports_take(0xffff, 0, 127));
    ports_give_all(127);
    CHECK(ports_take(0x1001, 0, 0)); /* joins two */
    CHECK(ports_take(0x2000, 0, 0));
    CHECK_EQ(ports_of(0), PORTS_PIECES + 2);
    CHECK(ports_take(0, 16, 0));
    CHECK_EQ(ports_of(0), 0x10000);
    ports_give_all(0);
}

UNIT_MAIN(T(first_come), T(pieces_that_overlap_count_once), T(many_pieces))
