/* SPDX-License-Identifier: BSD-2-Clause */
#include "wild.h"

int wild_read(const volatile int *address)
{
    return *address;
}
