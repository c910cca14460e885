/* SPDX-License-Identifier: BSD-2-Clause */
#include "undef.h"

int undef_two(void)
{
    return not_there_three() + (not_there_weak ? 1 : 0);
}
