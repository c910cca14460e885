/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdio.h>

#include "order.h"

__attribute__((constructor)) static void construct(void)
{
    puts("constructor of libt_c");
}

__attribute__((destructor)) static void destruct(void)
{
    puts("destructor of libt_c");
}

const char *from_c(void)
{
    return "libt_c";
}

const char *defined_twice(void)
{
    return "libt_c";
}
