/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

/* libt_a needs libt_c, libt_b needs libt_d; each says its name. */
const char *from_a(void);
const char *from_b(void);
const char *from_c(void);
const char *from_d(void);

/** Defined in libt_c and in libt_b: breadth first, libt_b's comes first. */
const char *defined_twice(void);
