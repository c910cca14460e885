/* SPDX-License-Identifier: BSD-2-Clause */
#include "services.h"

#include <string.h>

#include "errors/errors.h"
#include "ipc/slots.h"
#include "l4sys/task.h"
#include "server/server.h"
#include "turn.h"

enum { PROVIDERS = 8 };
#define START_TIMEOUT_US 20000000
#define MEMORY_LIMIT     (64ull << 20) /* scripts being read */

struct services services;

static struct {
    char name[33];
    l4_cap_t cap;
} providers[PROVIDERS];

/** Where @name is or would be entered. */
static unsigned place_of(const char *name)
{
    unsigned i = 0;

    while (i < PROVIDERS && providers[i].cap && strcmp(providers[i].name, name) != 0)
        i++;
    return i;
}

/** Keeps @cap as the provider @name; it may have been entered meanwhile, or be there and dead. */
static l4_cap_t enter(const char *name, l4_cap_t cap)
{
    unsigned i = place_of(name);

    if (i == PROVIDERS) {
        slots_release(cap);
        return 0;
    }
    slots_release(providers[i].cap);
    strcpy(providers[i].name, name);
    providers[i].cap = cap;
    return cap;
}

l4_cap_t services_provider(const char *name, uint64_t timeout_us)
{
    unsigned i = place_of(name);

    if (i == PROVIDERS || strlen(name) >= sizeof providers[i].name)
        return 0;
    if (providers[i].cap && l4_cap_valid(providers[i].cap))
        return providers[i].cap;
    l4_cap_t cap = slots_alloc();
    turn_leave();
    long error = cap ? server_query(name, timeout_us, cap) : -ERR_ENOMEM;
    turn_enter();
    if (error < 0) {
        slots_free(cap);
        return 0;
    }
    return enter(name, cap);
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
