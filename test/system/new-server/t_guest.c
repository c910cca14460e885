/* SPDX-License-Identifier: BSD-2-Clause */
#include <string.h>

#include <task/slots.h>

#include "../service.h"

/** Takes three rooms, then ends as its argument says: exit, fault, or not at all. */
int main(int argc, char **argv)
{
    const char *how = argc > 1 ? argv[1] : "";
    l4_cap_t rooms = service("ROOMS");

    for (int i = 0; i < 3; i++)
        if (names_query(rooms, "room", 0, task_slot()) < 0)
            return 1;
    if (strcmp(how, "fault") == 0)
        __asm__ volatile("movl $0, 8"); /* nothing is mapped there */
    while (strcmp(how, "loop") == 0)
        __asm__ volatile("");
    return 5;
}
