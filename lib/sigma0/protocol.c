/* SPDX-License-Identifier: BSD-2-Clause */
#include "sigma0/protocol.h"

#include <l4/error.h>
#include <l4/ops.h>

enum { FAULT_WRITE = 0x2, FAULT_FETCH = 0x4, PORTS_ORDER_MAX = 16 };

static long decode_fault(const uint64_t *mr, struct sigma0_request *r)
{
    r->op = SIGMA0_FAULT;
    r->address = mr[0] & ~7ull;
    r->ip = mr[1];
    r->order = L4_PAGE_SHIFT;
    r->rights = mr[0] & FAULT_WRITE ? L4_FPAGE_RW : mr[0] & FAULT_FETCH ? L4_FPAGE_RX : L4_FPAGE_R;
    return 0;
}

static long decode_memory(uint64_t word, struct sigma0_request *r)
{
    l4_fpage_t fpage = {word};

    if (l4_fpage_type(fpage) != L4_FPAGE_MEMORY || l4_fpage_order(fpage) < L4_PAGE_SHIFT)
        return -L4_EINVAL;
    if (l4_fpage_order(fpage) > SIGMA0_ORDER_MAX)
        return -L4_ENOMEM;
    r->order = l4_fpage_order(fpage);
    r->address = l4_fpage_address(fpage);
    if (r->op != SIGMA0_ANY && r->address & ((1ull << r->order) - 1))
        return -L4_EINVAL;
    return 0;
}

static long decode_sigma0(unsigned words, const uint64_t *mr, struct sigma0_request *r)
{
    if (words < 1)
        return -L4_EINVAL;
    switch (mr[0] | 0xf) { /* the low four bits say nothing */
    case L4_SIGMA0_RAM | 0xf:
        r->op = SIGMA0_RAM;
        break;
    case L4_SIGMA0_IOMEM | 0xf:
        r->op = SIGMA0_IOMEM;
        break;
    case L4_SIGMA0_IOMEM_CACHED | 0xf:
        r->op = SIGMA0_IOMEM;
        r->cached = true;
        break;
    case L4_SIGMA0_ANY_RAM | 0xf:
        r->op = SIGMA0_ANY;
        break;
    case L4_SIGMA0_KIP | 0xf:
        r->op = SIGMA0_KIP;
        return 0;
    case L4_SIGMA0_DUMP | 0xf:
        r->op = SIGMA0_DUMP;
        return 0;
    case L4_SIGMA0_COVERAGE | 0xf:
        r->op = SIGMA0_COVERAGE;
        return 0;
    default:
        return -L4_ENOSYS;
    }
    return words < 2 ? -L4_EINVAL : decode_memory(mr[1], r);
}

static long decode_ports(unsigned words, const uint64_t *mr, struct sigma0_request *r)
{
    l4_fpage_t fpage = {mr[0]};

    if (words < 1 || l4_fpage_type(fpage) != L4_FPAGE_IO
        || l4_fpage_order(fpage) > PORTS_ORDER_MAX)
        return -L4_EINVAL;
    uint64_t port = l4_fpage_index(fpage), size = 1ull << l4_fpage_order(fpage);
    if (port & (size - 1) || port >= 1ull << PORTS_ORDER_MAX)
        return -L4_EINVAL;
    r->op = SIGMA0_PORTS;
    r->port = (unsigned)port;
    r->order = l4_fpage_order(fpage);
    return 0;
}

long sigma0_decode(l4_msgtag_t tag, const uint64_t *mr, struct sigma0_request *request)
{
    unsigned words = l4_msgtag_words(tag);

    *request = (struct sigma0_request){0};
    switch (l4_msgtag_label(tag)) {
    case L4_PROTO_PAGE_FAULT:
        return words < 2 ? -L4_EINVAL : decode_fault(mr, request);
    case L4_PROTO_SIGMA0:
        return decode_sigma0(words, mr, request);
    case L4_PROTO_IO_PAGE_FAULT:
        return decode_ports(words, mr, request);
    case L4_PROTO_FACTORY:
        request->op = SIGMA0_CLIENT;
        return words < 1 ? -L4_EINVAL : (long)mr[0] == L4_PROTO_SIGMA0 ? 0 : -L4_ENODEV;
    default:
        return -L4_EBADPROTO;
    }
}

struct sigma0_answer sigma0_plain(long label)
{
    return (struct sigma0_answer){.label = label};
}

struct sigma0_answer sigma0_ram(uint64_t address, unsigned order, unsigned rights)
{
    return (struct sigma0_answer){0, address | L4_ITEM_CACHED | L4_ITEM_MAP,
                                  l4_fpage_mem(address, order, rights)};
}

struct sigma0_answer sigma0_iomem(uint64_t address, unsigned order, bool cached)
{
    uint64_t attributes = cached ? L4_ITEM_CACHED : L4_ITEM_UNCACHED;
    return (struct sigma0_answer){0, address | attributes | L4_ITEM_MAP,
                                  l4_fpage_mem(address, order, L4_FPAGE_RW)};
}

struct sigma0_answer sigma0_kip(uint64_t address)
{
    return sigma0_ram(address, L4_PAGE_SHIFT, L4_FPAGE_RX);
}

struct sigma0_answer sigma0_ports(unsigned port, unsigned order)
{
    return (struct sigma0_answer){0, L4_ITEM_MAP, l4_fpage_io(port, order, L4_FPAGE_RW)};
}

struct sigma0_answer sigma0_client(l4_cap_t cap)
{
    return (struct sigma0_answer){0, L4_ITEM_MAP, l4_fpage_obj(cap, 0, L4_CAP_RWS)};
}

l4_msgtag_t sigma0_encode(const struct sigma0_answer *answer, uint64_t *mr)
{
    mr[0] = answer->item;
    mr[1] = answer->fpage.raw;
    return l4_msgtag(answer->label, 0, answer->item ? 1 : 0, 0);
}
