/* SPDX-License-Identifier: BSD-2-Clause */
#include "errors/errors.h"
#include "l4sys/clock.h"
#include "l4sys/ipc.h"
#include "rm/slow.h"

enum { FAULT_WRITE = 2, FAULT_FETCH = 4, FAULT_BITS = 7 };

/** A read fault brings the whole aligned block: shared pages cost nothing but their mapping. */
#define READ_AROUND_ORDER (L4_PAGE_SHIFT + 4)

/**
 * Order of the largest aligned block around @page that lies in @region, up to READ_AROUND_ORDER.
 */
static unsigned block_around(const struct region *region, uint64_t page)
{
    unsigned order = READ_AROUND_ORDER;

    for (; order > L4_PAGE_SHIFT; order--) {
        uint64_t start = page & ~((1ull << order) - 1);
        if (start >= region->start && start + (1ull << order) <= region->end)
            break;
    }
    return order;
}

/*
 * The page is mapped into this task by our own call to the manager; the answer to the fault is
 * empty, for mapping a page onto itself would unmap it (ABI 5.8). What no region explains becomes
 * an exception, that is, a fault report by the loader.
 */
long rm_fault(struct ipc_call *call)
{
    const struct l4_utcb *utcb = l4_utcb();
    uint64_t fault = utcb->mr[0];

    if (l4_msgtag_label(call->tag) != L4_PROTO_PAGE_FAULT || l4_msgtag_words(call->tag) != 2)
        return -ERR_EBADPROTO;

    const struct region *region = regions_lookup(&region_manager.regions, fault);
    bool write = fault & FAULT_WRITE;
    unsigned wanted = L4_FPAGE_R | (write ? L4_FPAGE_W : 0) | (fault & FAULT_FETCH ? L4_FPAGE_X : 0);
    if (!region || !region->dataspace || (wanted & ~region->rights))
        return -ERR_EFAULT;

    uint64_t page = fault & L4_PAGE_MASK;
    unsigned order = write ? L4_PAGE_SHIFT : block_around(region, page);
    unsigned rights = write ? region->rights : region->rights & ~L4_FPAGE_W;
    uint64_t start = page & ~((1ull << order) - 1);
    if (region->slow) {
        const struct rm_pages pages = {region, start - region->start, 1ull << order, rights};
        long slow = rm_slow_fault(call, &pages);
        if (slow >= 0)
            return slow;
        region = regions_lookup(&region_manager.regions, fault); /* without a helper, then */
    }
    uint64_t begin = l4_cycles();
    long error = rm_map(region, start - region->start, 1ull << order, rights);
    region_manager.fault_ticks += l4_cycles() - begin;
    return error < 0 ? error : 0;
}
