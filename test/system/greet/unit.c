/* SPDX-License-Identifier: BSD-2-Clause */
#include "unit.h"

#include "test/system/greet/tone.h"

TEST(greeting_is_polite)
{
    CHECK_STR(tone_greeting(), "Good day");
}

UNIT_MAIN(T(greeting_is_polite))
