/* SPDX-License-Identifier: BSD-2-Clause */
#include "inject_lib.h"

int inject_data[2] = {1, 2};

int inject_lib(const int *data)
{
    return data[0] + data[1];
}
