/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

/* What the two demo libraries offer. */

typedef int (*demo_operation)(int a, int b);

/* ---- libdemo2.so ---- */

/** How often demo_count() was called, from 100 on: data of the library, each task has its own. */
extern int demo_counter;

/** Counts up; returns the new value as the library sees it. */
int demo_count(void);

/** a * b. */
int demo_product(int a, int b);

/* ---- libdemo1.so, which needs libdemo2.so ---- */

/** a * b + c, the product by libdemo2.so. */
int demo_product_and_sum(int a, int b, int c);

/** The function called @name, "sum" or "product" (which is one of libdemo2.so), or null. */
demo_operation demo_find_operation(const char *name);

/** How many of the two libraries' constructors have run. */
int demo_constructors(void);
