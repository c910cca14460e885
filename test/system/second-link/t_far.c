/* SPDX-License-Identifier: BSD-2-Clause */
#include "far.h"

int far_data = 7;
int *const far_data_pointer = &far_data;
int (*const far_pointer)(int) = far_call;

int far_call(int value)
{
    return value + far_data;
}

int far_read(const volatile int *address)
{
    return *address;
}

int far_call_back(int (*function)(int), int value)
{
    return function(value) + 1;
}
