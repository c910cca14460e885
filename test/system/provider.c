/* SPDX-License-Identifier: BSD-2-Clause */
#include "provider.h"

#include <stdio.h>

#include "errors/errors.h"
#include "hostile.h"
#include "idl/dm.h"
#include "idl/fprov.h"
#include "ipc/slots.h"
#include "l4sys/ipc.h"
#include "server/server.h"

#define PIECE   (4ull << 20) /* mapped at a time: mappings cost the kernel memory */
#define WAIT_US 5000000ull

struct provider provider;

long provider_start(const char *service, const char *session)
{
    l4_cap_t base = slots_alloc();

    provider.gate = slots_alloc();
    provider.dm = slots_alloc();
    long error = server_query(service, WAIT_US, provider.gate);
    if (error == 0)
        error = server_query("DM_PHYS", WAIT_US, base);
    if (error == 0)
        error = dm_session(base, session, ~0ull, provider.dm);
    slots_release(base);
    if (error == 0)
        error = hostile_start(&provider.own);
    provider.used_at_start = provider_used();
    return error;
}

uint64_t provider_used(void)
{
    uint64_t limit, used = ~0ull, peak, shared;
    uint32_t count;

    dm_info(provider.dm, &limit, &used, &peak, &shared, &count);
    return used;
}

long provider_open(const char *name, l4_cap_t session, l4_cap_t *slot, uint64_t *size)
{
    *slot = slots_alloc();
    long error = fprov_open(provider.gate, name, session, size, *slot);

    if (error < 0) {
        slots_free(*slot);
        *slot = 0;
    }
    return error;
}

long provider_opens(const char *name, l4_cap_t session)
{
    l4_cap_t slot;
    uint64_t size;
    long error = provider_open(name, session, &slot, &size);

    if (slot)
        slots_release(slot);
    return error;
}

uint32_t provider_sum(uint32_t sum, const unsigned char *bytes, uint64_t size)
{
    uint32_t a = sum & 0xffff, b = sum >> 16;

    for (uint64_t i = 0; i < size; i++) {
        a = (a + bytes[i]) % 65521;
        b = (b + a) % 65521;
    }
    return b << 16 | a;
}

/* One piece of a file; false: it cannot be mapped, or something follows its last byte. */
static bool add_piece(l4_cap_t dataspace, uint64_t offset, uint64_t size, uint32_t *sum)
{
    uint64_t pages = size ? (size + L4_PAGE_SIZE - 1) & L4_PAGE_MASK : L4_PAGE_SIZE;
    unsigned char rest = 0;
    void *address = NULL;

    if (server_map(dataspace, offset, pages, L4_FPAGE_R, &address) < 0)
        return false;
    *sum = provider_sum(*sum, address, size);
    for (uint64_t i = size; i < pages; i++)
        rest |= ((unsigned char *)address)[i];
    server_unmap(address, pages);
    return rest == 0;
}

uint64_t provider_file_sum(l4_cap_t dataspace, uint64_t size)
{
    uint32_t sum = 1;
    uint64_t at = 0;

    do {
        uint64_t piece = size - at < PIECE ? size - at : PIECE;
        if (!add_piece(dataspace, at, piece, &sum))
            return ~0ull;
        at += piece;
    } while (at < size);
    return sum;
}

long provider_show(const char *name)
{
    l4_cap_t slot;
    uint64_t size = ~0ull;
    long error = provider_open(name, provider.dm, &slot, &size);

    if (error < 0) {
        printf("%s: %s\n", name, error_text(error));
        return error;
    }
    printf("%s: %llu bytes, sum %llx\n", name, (unsigned long long)size,
           (unsigned long long)provider_file_sum(slot, size));
    slots_release(slot);
    return 0;
}
