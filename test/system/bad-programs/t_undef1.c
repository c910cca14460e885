/* SPDX-License-Identifier: BSD-2-Clause */
#include "undef.h"

int undef_one(void)
{
    return not_there_one() + not_there_two() + *not_there_data;
}
