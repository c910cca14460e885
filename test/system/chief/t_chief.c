/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdio.h>
#include <string.h>

#include "errors/errors.h"
#include "loader/loader.h"
#include "node.h"

enum { TURN_US = 5000, TURNS = 4000 };

/** t_chief exit|fault|loop: makes a tree of tasks, and when all of it runs, ends so (or not). */
int main(int argc, char **argv)
{
    const char *how = argc > 1 ? argv[1] : "exit";
    const struct node_slots slots = {task_slot(), {task_slot(), task_slot()},
                                     {task_slot(), task_slot()}};
    long error = node_make_children(0, &slots);

    if (error < 0)
        printf("FAIL chief: %s\n", error_text(error));
    for (unsigned i = 0; i < TURNS && node_count(2) < NODES; i++)
        if (!node_serve(TURN_US))
            puts("FAIL chief: a fault outside the program");
    printf("%u tasks run\n", node_count(2));
    while (strcmp(how, "loop") == 0)
        node_serve(TURN_US);
    if (strcmp(how, "fault") == 0)
        __asm__ volatile("movl $0, 8"); /* nothing is mapped there */
    return 3;
}
