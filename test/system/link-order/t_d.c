/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdio.h>

#include "order.h"

__attribute__((constructor)) static void construct(void)
{
    puts("constructor of libt_d");
}

__attribute__((destructor)) static void destruct(void)
{
    puts("destructor of libt_d");
}

const char *from_d(void)
{
    return "libt_d";
}
