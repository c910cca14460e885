/* SPDX-License-Identifier: BSD-2-Clause */
#include "sigma0/client.h"

#include "l4sys/ipc.h"

/* Sends the request; *@address becomes the hot spot of the item that came. */
static long ask(l4_cap_t sigma0, l4_msgtag_t request, uint64_t *address)
{
    struct l4_utcb *u = l4_utcb();
    l4_msgtag_t tag = l4_ipc_call(sigma0, request, L4_NEVER);
    long result = l4_result(tag);

    if (result < 0)
        return result;
    if (l4_msgtag_items(tag) != 1)
        return -L4_EMSGMISSARG;
    uint64_t item = u->mr[l4_msgtag_words(tag)];
    if ((item & L4_RESULT_MASK) == L4_RESULT_NOTHING)
        return -L4_ENOMEM;
    if (address)
        *address = item & L4_PAGE_MASK;
    return 0;
}

static long ask_memory(l4_cap_t sigma0, uint64_t operation, l4_fpage_t what, l4_fpage_t window,
                       uint64_t *address)
{
    struct l4_utcb *u = l4_utcb();

    l4_receive_window(window);
    u->mr[0] = operation;
    u->mr[1] = what.raw;
    return ask(sigma0, l4_msgtag(L4_PROTO_SIGMA0, 2, 0, 0), address);
}

long sigma0_get_ram(l4_cap_t sigma0, uint64_t address, unsigned order, l4_fpage_t window)
{
    return ask_memory(sigma0, L4_SIGMA0_RAM, l4_fpage_mem(address, order, L4_FPAGE_RWX), window,
                      NULL);
}

long sigma0_get_any(l4_cap_t sigma0, unsigned order, l4_fpage_t window, uint64_t *address)
{
    return ask_memory(sigma0, L4_SIGMA0_ANY_RAM, l4_fpage_mem(0, order, L4_FPAGE_RWX), window,
                      address);
}

long sigma0_get_iomem(l4_cap_t sigma0, uint64_t address, unsigned order, l4_fpage_t window)
{
    return ask_memory(sigma0, L4_SIGMA0_IOMEM, l4_fpage_mem(address, order, L4_FPAGE_RW), window,
                      NULL);
}

long sigma0_get_kip(l4_cap_t sigma0, l4_fpage_t window, uint64_t *address)
{
    l4_receive_window(window);
    l4_utcb()->mr[0] = L4_SIGMA0_KIP;
    return ask(sigma0, l4_msgtag(L4_PROTO_SIGMA0, 1, 0, 0), address);
}

long sigma0_get_ports(l4_cap_t sigma0, unsigned port, unsigned order)
{
    struct l4_utcb *u = l4_utcb();
    l4_fpage_t ports = l4_fpage_io(port, order, L4_FPAGE_RW);

    l4_receive_window(ports);
    u->mr[0] = ports.raw;
    return ask(sigma0, l4_msgtag(L4_PROTO_IO_PAGE_FAULT, 1, 0, 0), NULL);
}

long sigma0_get_client(l4_cap_t sigma0, l4_cap_t target)
{
    l4_receive_cap(target);
    l4_utcb()->mr[0] = (uint64_t)L4_PROTO_SIGMA0;
    return ask(sigma0, l4_msgtag(L4_PROTO_FACTORY, 1, 0, 0), NULL);
}

long sigma0_dump(l4_cap_t sigma0)
{
    l4_receive_nothing();
    l4_utcb()->mr[0] = L4_SIGMA0_DUMP;
    return l4_result(l4_ipc_call(sigma0, l4_msgtag(L4_PROTO_SIGMA0, 1, 0, 0), L4_NEVER));
}
