/* SPDX-License-Identifier: BSD-2-Clause */
#include "ports.h"

#include <l4/error.h>

enum { RANGES = 256 };

static struct range {
    unsigned port, order;
    uint32_t owner;
} ranges[RANGES];
static unsigned used;

static bool overlap(const struct range *a, const struct sigma0_request *b)
{
    return a->port < b->port + (1u << b->order) && b->port < a->port + (1u << a->order);
}

struct sigma0_answer ports_get(uint32_t client, const struct sigma0_request *request)
{
    for (unsigned i = 0; i < used; i++) {
        const struct range *r = &ranges[i];
        if (!overlap(r, request))
            continue;
        if (r->owner == client && r->port == request->port && r->order == request->order)
            return sigma0_ports(request->port, request->order);
        return sigma0_plain(-L4_ENOMEM);
    }
    if (used == RANGES)
        return sigma0_plain(-L4_ENOMEM);
    ranges[used++] = (struct range){request->port, request->order, client};
    return sigma0_ports(request->port, request->order);
}
