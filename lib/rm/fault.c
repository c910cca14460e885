/* SPDX-License-Identifier: BSD-2-Clause */
#include "errors/errors.h"
#include "l4sys/ipc.h"
#include "rm/manager.h"

enum { FAULT_WRITE = 2, FAULT_FETCH = 4, FAULT_BITS = 7 };

/** A read fault brings the whole aligned block: shared pages cost nothing but their mapping. */
#define READ_AROUND (16 * L4_PAGE_SIZE)

/** The part of @region to map for a fault at @page, as offset and size from the region's start. */
static uint64_t fault_window(const struct region *region, uint64_t page, bool write, uint64_t *size)
{
    if (write) {
        *size = L4_PAGE_SIZE;
        return page - region->start;
    }
    uint64_t start = page & ~(READ_AROUND - 1);
    uint64_t end = start + READ_AROUND;
    if (start < region->start)
        start = region->start;
    if (end > region->end)
        end = region->end;
    *size = end - start;
    return start - region->start;
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

    uint64_t size;
    uint64_t offset = fault_window(region, fault & L4_PAGE_MASK, write, &size);
    unsigned rights = write ? region->rights : region->rights & ~L4_FPAGE_W;
    long error = rm_map(region, offset, size, rights);
    if (error < 0)
        return error;
    return 0;
}
