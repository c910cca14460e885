/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdio.h>

#include "order.h"

__attribute__((constructor)) static void construct(void)
{
    puts("constructor of libt_a");
}

__attribute__((destructor)) static void destruct(void)
{
    puts("destructor of libt_a");
}

const char *from_a(void)
{
    return "libt_a";
}
