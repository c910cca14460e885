/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <l4/fpage.h>
#include <l4/types.h>

/*
 * The Sigma0 protocol (ABI 9) from the asking side. @sigma0 is the capability of whoever answers
 * it: sigma0 itself, roottask, or the loader. What is mapped comes into @window, an aligned memory
 * flexpage of this task (sigma0_everywhere(): one-to-one). All return 0 or a negative error:
 * -L4_ENOMEM not available or somebody else's.
 */

/** Window that puts physical address x at virtual address x. */
static inline l4_fpage_t sigma0_everywhere(void)
{
    return l4_fpage_mem(0, L4_WHOLE_SPACE, L4_FPAGE_RWX);
}

/** 2^@order bytes of RAM at the physical address @address. */
long sigma0_get_ram(l4_cap_t sigma0, uint64_t address, unsigned order, l4_fpage_t window);

/** Any 2^@order free bytes of RAM; their physical address goes to *@address. */
long sigma0_get_any(l4_cap_t sigma0, unsigned order, l4_fpage_t window, uint64_t *address);

/** 2^@order bytes of uncached I/O memory at @address. */
long sigma0_get_iomem(l4_cap_t sigma0, uint64_t address, unsigned order, l4_fpage_t window);

/** The kernel info page, readable and executable; its physical address goes to *@address. */
long sigma0_get_kip(l4_cap_t sigma0, l4_fpage_t window, uint64_t *address);

/** The I/O ports [@port, @port + 2^@order). */
long sigma0_get_ports(l4_cap_t sigma0, unsigned port, unsigned order);

/** A gate to sigma0 for a new client, in the empty slot @target. Needs S on @sigma0. */
long sigma0_get_client(l4_cap_t sigma0, l4_cap_t target);

/** Prints who owns what. */
long sigma0_dump(l4_cap_t sigma0);
