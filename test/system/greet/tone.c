/* SPDX-License-Identifier: BSD-2-Clause */
#include "test/system/greet/tone.h"

const char *tone_greeting(void)
{
    return "Good day";
}
