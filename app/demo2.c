/* SPDX-License-Identifier: BSD-2-Clause */
#include "demo.h"

int demo_counter;

__attribute__((constructor)) static void construct(void)
{
    demo_counter = 100;
}

int demo_count(void)
{
    return ++demo_counter;
}

int demo_product(int a, int b)
{
    return a * b;
}
