/* SPDX-License-Identifier: BSD-2-Clause */
#include "demo.h"

#include <string.h>

static int sum(int a, int b)
{
    return a + b;
}

/* Addresses of functions here and in another library: both are filled in when the set is linked. */
static const struct {
    const char *name;
    demo_operation operation;
} operations[] = {
    {"sum", sum},
    {"product", demo_product},
};

static int constructed;

/* libdemo2.so is needed here, so it is constructed before: its counter counts already. */
__attribute__((constructor)) static void construct(void)
{
    constructed = demo_count() == 101 ? 2 : -1;
}

int demo_product_and_sum(int a, int b, int c)
{
    return demo_product(a, b) + c;
}

demo_operation demo_find_operation(const char *name)
{
    for (unsigned i = 0; i < sizeof operations / sizeof operations[0]; i++)
        if (strcmp(operations[i].name, name) == 0)
            return operations[i].operation;
    return NULL;
}

int demo_constructors(void)
{
    return constructed;
}
