/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

/** Reads *@address, in the library libt_wild.so. */
int wild_read(const volatile int *address);
