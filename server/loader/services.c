/* SPDX-License-Identifier: BSD-2-Clause */
#include "services.h"

#include <string.h>

#include "errors/errors.h"
#include "ipc/slots.h"
#include "l4sys/task.h"
#include "server/server.h"

enum { PROVIDERS = 8 };
#define START_TIMEOUT_US 20000000
#define MEMORY_LIMIT     (64ull << 20) /* scripts being read */

struct services services;

static struct {
    char name[33];
    l4_cap_t cap;
} providers[PROVIDERS];

l4_cap_t services_provider(const char *name, uint64_t timeout_us)
{
    unsigned i = 0;

    while (i < PROVIDERS && providers[i].cap && strcmp(providers[i].name, name) != 0)
        i++;
    if (i == PROVIDERS || strlen(name) >= sizeof providers[i].name)
        return 0;
    if (providers[i].cap && l4_cap_valid(providers[i].cap))
        return providers[i].cap;
    l4_cap_t cap = providers[i].cap; /* of one that has died: its slot is empty */
    if (!cap)
        cap = slots_alloc();
    if (!cap || server_query(name, timeout_us, cap) < 0) {
        if (!providers[i].cap)
            slots_free(cap);
        return 0;
    }
    strcpy(providers[i].name, name);
    providers[i].cap = cap;
    return cap;
}

static l4_cap_t find(const char *name)
{
    l4_cap_t cap = slots_alloc();

    server_check(name, cap ? server_query(name, START_TIMEOUT_US, cap) : -ERR_ENOMEM);
    return cap;
}

void services_init(void)
{
    server_check("memory session", server_open_dm(MEMORY_LIMIT, &services.dm));
    services.ts = find("SIMPLE_TS");
    services.exec = find("EXEC");
}
