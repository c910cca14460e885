/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

/** Of libt_inject.so: data, and their sum. */
extern int inject_data[2];
int inject_lib(const int *data);
