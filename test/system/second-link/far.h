/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

/* What libt_far.so has to refer to. */
extern int far_data;
extern int *const far_data_pointer;       /* a library's pointer to its own data */
extern int (*const far_pointer)(int);     /* a library's pointer to its own function */

int far_call(int value);

/** *@address. */
int far_read(const volatile int *address);

/** Calls back into the caller's object. */
int far_call_back(int (*function)(int), int value);
