/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <l4/types.h>

/* What clients of file providers share (boot modules): sessions, opening, check sums. */

/** The provider, the client's session at DM_PHYS, and a manager of its own (hostile.h). */
struct provider {
    l4_cap_t gate, dm, own;
    uint64_t used_at_start; /* bytes of the session */
};
extern struct provider provider;

/** Finds @service, opens a session called @session without limit at DM_PHYS. 0 or an error. */
long provider_start(const char *service, const char *session);

/** Bytes that the session pays for. */
uint64_t provider_used(void);

/** Opens @name on @session into a new slot, *@slot (0 after an error); *@size: of the file. */
long provider_open(const char *name, l4_cap_t session, l4_cap_t *slot, uint64_t *size);

/** Opens and forgets: the result. */
long provider_opens(const char *name, l4_cap_t session);

/** Adler-32 of @size bytes at @bytes, on from @sum (1 at first). */
uint32_t provider_sum(uint32_t sum, const unsigned char *bytes, uint64_t size);

/** The same of a file; the rest of its last page must be zeros. ~0 if something is wrong. */
uint64_t provider_file_sum(l4_cap_t dataspace, uint64_t size);

/** Opens @name and prints its size and sum, or the error, which is also the result. */
long provider_show(const char *name);
