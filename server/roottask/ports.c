/* SPDX-License-Identifier: BSD-2-Clause */
#include "ports.h"

#include <stdint.h>

enum { PORTS = 0x10000 };

static uint8_t owners[PORTS]; /* number of the owner plus 1; 0: nobody */

bool ports_take(unsigned port, unsigned order, unsigned owner)
{
    unsigned end = port + (1u << order);

    for (unsigned i = port; i < end; i++)
        if (owners[i] && owners[i] != owner + 1)
            return false;
    for (unsigned i = port; i < end; i++)
        owners[i] = (uint8_t)(owner + 1);
    return true;
}

unsigned ports_of(unsigned owner)
{
    unsigned count = 0;

    for (unsigned i = 0; i < PORTS; i++)
        count += owners[i] == owner + 1;
    return count;
}

void ports_give_all(unsigned owner)
{
    for (unsigned i = 0; i < PORTS; i++)
        if (owners[i] == owner + 1)
            owners[i] = 0;
}
