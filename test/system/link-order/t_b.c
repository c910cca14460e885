/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdio.h>

#include "order.h"

__attribute__((constructor)) static void construct(void)
{
    puts("constructor of libt_b");
}

__attribute__((destructor)) static void destruct(void)
{
    puts("destructor of libt_b");
}

const char *from_b(void)
{
    return "libt_b";
}

const char *defined_twice(void)
{
    return "libt_b";
}
