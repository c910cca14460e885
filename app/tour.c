/* SPDX-License-Identifier: BSD-2-Clause */
#include "tour.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "demo.h"
#include "loader/loader.h"
#include "thread/thread.h"

#define PAUSE_US 100000

int tour_number(char **argv, const char *name, int otherwise)
{
    size_t length = strlen(name);

    for (char **word = argv + 1; *word; word++)
        if (strncmp(*word, name, length) == 0 && (*word)[length] == '=')
            return atoi(*word + length + 1);
    return otherwise;
}

static void call_libraries(void)
{
    demo_operation product = demo_find_operation("product");

    printf("libraries constructed: %d of 2\n", demo_constructors());
    printf("libdemo2: 6 * 7 = %d\n", demo_product(6, 7));
    printf("libdemo1 through libdemo2: 6 * 7 + 1 = %d\n", demo_product_and_sum(6, 7, 1));
    printf("function pointer from libdemo1: 7 * 8 = %d\n", product ? product(7, 8) : -1);
}

/* While we wait, the other instance writes to the same address: our copy must not change. */
static void use_library_data(char **argv)
{
    int own = tour_number(argv, "counter", 200);

    printf("counter of libdemo2 at %p is %d\n", (void *)&demo_counter, demo_counter);
    demo_counter = own;
    thread_sleep_us(PAUSE_US);
    int counted = demo_count();
    printf("counter set to %d, counted to %d: %s\n", own, counted,
           counted == own + 1 && demo_counter == counted ? "my own copy" : "NOT MY OWN");
}

void tour(int argc, char **argv)
{
    printf("this is task %u\n", task_info()->id);
    for (int i = 0; i < argc; i++)
        printf("argument %d: %s\n", i, argv[i]);
    call_libraries();
    use_library_data(argv);
}
