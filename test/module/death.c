/* SPDX-License-Identifier: BSD-2-Clause */
#include "module.h"

#include <string.h>

#include <task/slots.h>

#include "idl/root.h"
#include "l4sys/factory.h"
#include "l4sys/irq.h"
#include "l4sys/task.h"
#include "sigma0/client.h"

/*
 * What a boot module that ends leaves to the others (row B14): `death have` takes memory, ports and
 * an interrupt line and waits, `death leave` ends by itself, `death watch` kills the first and
 * takes what it had.
 */

enum { PIECE_ORDER = 21, PIECES = 75 /* of 2 MB: more than half of the machine */ };

#define WINDOW 0x40000000ul

static unsigned take_memory(unsigned wish)
{
    unsigned pieces = 0;
    uint64_t at;

    while (pieces < wish) {
        uint64_t to = WINDOW + ((uint64_t)pieces << PIECE_ORDER);
        if (sigma0_get_any(TASK_CAP_PAGER, PIECE_ORDER, l4_fpage_mem(to, PIECE_ORDER, 7), &at) < 0)
            break;
        *(volatile uint64_t *)to = at;
        pieces++;
    }
    return pieces;
}

static long take_line(void)
{
    l4_cap_t irq = TASK_CAP_FIRST_FREE;

    if (!l4_cap_valid(irq))
        l4_factory_create_irq(TASK_CAP_FACTORY, irq);
    return l4_icu_bind(TASK_CAP_ICU, 5, irq);
}

static void take_all(const char *when, unsigned wish)
{
    unsigned pieces = take_memory(wish);
    long line = take_line(), ports = sigma0_get_ports(TASK_CAP_PAGER, 0x300, 4);

    say("%s: %u MB, line %ld, ports %ld", when, pieces * 2, line, ports);
}

static void books(void)
{
    uint64_t free = 0;

    root_memory(TASK_CAP_PAGER, &free);
    say("%lu MB are free", free >> 20);
    sigma0_dump(TASK_CAP_PAGER);
}

static void watch(void)
{
    l4_sleep_us(300000);
    books();
    take_all("before", 0);
    say("kill: %ld", root_kill(TASK_CAP_PAGER, "victim"));
    books();
    take_all("after", PIECES);
    say("kill again: %ld", root_kill(TASK_CAP_PAGER, "victim"));
    end(0);
}

void module_main(long argc, char **argv)
{
    const char *kind = argc > 1 ? argv[1] : "";

    if (strcmp(kind, "have") == 0)
        take_all("victim", PIECES);
    else if (strcmp(kind, "leave") == 0)
        say("FAIL it is still there: %ld", root_exit(TASK_CAP_PAGER, 3));
    else if (strcmp(kind, "kill") == 0)
        say("kill without the right: %ld", root_kill(TASK_CAP_PAGER, "victim"));
    else
        watch();
}
