/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include "session.h"
#include "tree.h"
#include "windows.h"

/*
 * Dataspaces: a size, a tree of frames, a payer, and a window through which pages were handed out.
 *
 * Who loses what when a shared page is written. A frame can belong to many dataspaces, and the
 * kernel revokes by mapping, not by client. If clients' mappings were children of the one
 * mapping that dm_phys has of the frame, writing page p of a copy would take the frame away from
 * the clients of the original too; they would fault it in again, but servers that map
 * everything once and have no pager for it (design rule 16) would die. So every dataspace hands
 * out from a window of its own, which maps its frames a second time; the clients' mappings are
 * children of the window's. Then
 *   - writing a shared page unmaps exactly the views of this dataspace (which then see the new
 *     frame: two views, write one, read the other), and no other dataspace's;
 *   - copying takes the W right from exactly the views of the source, by range;
 *   - closing takes everything from everybody, by range;
 *   - a flexpage needs neither contiguous nor aligned frames: the window is both.
 * The price is a second mapping node and page table entry per page that is handed out.
 *
 * Invariant: a page is mapped writable by a client only if it is exclusive (tree.h). Copying
 * ends exclusiveness, so it downgrades; whoever filled the source by an eager mapping maps again
 * before writing on.
 */

#define DATASPACE_MAX (1ull << WINDOW_ORDER_MAX)
#define DATASPACE_MAP_MAX 1024u /* pages one map request prepares at most: 4 MiB */

struct ipc_object;

/** Pages [first, first + count) of a dataspace. */
struct page_range {
    uint64_t first;
    uint64_t count;
};

struct dataspace {
    struct session *session;
    struct dataspace *next, **link; /* of the session */
    struct tree tree;               /* has frames only in [base, base + pages) */
    uint64_t base;                  /* tree index of page 0 */
    uint64_t pages;
    window_t window;                /* raw 0: nothing has been handed out yet */
    uint64_t mapped_start, mapped_end; /* pages that may be mapped in the window */
    bool handed_writable;           /* some of those with W since the last full downgrade */
    bool pinned;                    /* device memory: frames never change */
    char name[DM_NAME_SIZE];
    struct ipc_object *object;      /* its gate; set by the operations */
};

/** Arguments of open. */
struct ds_request {
    struct session *session;
    const char *name;
    uint64_t size; /* bytes; rounded up to pages */
    bool contiguous, low, not_cleared;
    bool sparse; /* holes: a page gets its frame when it is written */
};

/** A new dataspace. -L4_EINVAL size 0; -L4_ENOMEM limit, memory or number of dataspaces. */
long ds_open(struct manager *manager, const struct ds_request *request,
                    struct dataspace **dataspace);

/**
 * A new dataspace with the contents of @source from byte @offset on, holes past its end; of
 * @request, session, name and size count. -L4_EINVAL size 0 or offset not page aligned,
 * -L4_ERANGE offset past the end, -L4_ENOMEM.
 */
long ds_copy(struct manager *manager, const struct ds_request *request,
                    struct dataspace *source, uint64_t offset, struct dataspace **dataspace);

/**
 * Pages of @target from @offset on become those of @source, shared from now on. -L4_EINVAL not
 * aligned, device memory, or both the same; -L4_ERANGE does not fit; -L4_ENOMEM (part is done).
 */
long ds_replace(struct manager *manager, struct dataspace *target, uint64_t offset,
                struct dataspace *source);

/**
 * Makes it @size bytes long (rounded up to pages). What is kept keeps its contents, new pages are
 * zero and paid for; pages behind the new end are taken from everybody and freed. -L4_EINVAL size 0
 * or device memory, -L4_ENOMEM: nothing has changed, but clients may have to map again. (resize.c)
 */
long ds_resize(struct manager *manager, struct dataspace *dataspace, uint64_t size);

/** Takes all its pages from everybody and frees it. */
void ds_close(struct manager *manager, struct dataspace *dataspace);

static inline uint64_t ds_size(const struct dataspace *dataspace)
{
    return dataspace->pages * L4_PAGE_SIZE;
}

/* --- pages.c --- */

/** Sees to it that @dataspace has its window. -L4_ENOMEM: too many of that size have one. */
long ds_window(struct manager *manager, struct dataspace *dataspace);

/**
 * Gets pages [@first, @first + @count) ready to be handed out of the window, private and
 * cleared if @write. *@ready: how many, from @first on, at least one. The range is inside.
 * -L4_ENOMEM limit, memory or kernel memory.
 */
long ds_map(struct manager *manager, struct dataspace *dataspace,
                   const struct page_range *range, bool write, uint64_t *ready);

/** Zeros bytes [@offset, @offset + @size), inside the dataspace. -L4_ENOMEM. */
long ds_clear(struct manager *manager, struct dataspace *dataspace, uint64_t offset,
                     uint64_t size);

/**
 * Address of @offset (inside) in physical memory, and how many bytes are contiguous from there.
 * -L4_EPERM: not device memory, so the address could change at any time.
 */
long ds_physical(struct manager *manager, struct dataspace *dataspace, uint64_t offset,
                        paddr_t *address, uint64_t *size);

/** Takes pages [@range) from all clients: everything, or only the right to write. */
void ds_revoke(struct manager *manager, struct dataspace *dataspace,
                      const struct page_range *range, bool only_write);
