/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

int undef_one(void);
int undef_two(void);

/* Defined nowhere. */
int not_there_one(void);
int not_there_two(void);
int not_there_three(void);
extern int *not_there_data;
__attribute__((weak)) void not_there_weak(void); /* this one may be missing */
