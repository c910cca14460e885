/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <stdbool.h>
#include <stdint.h>

/* What a task may ask of its scheduling proxy (ABI 7.7), within its priority cap (mcp). */

#define SCHEDULE_WORDS 5 /* of a run request */

/** True if the request with @words words at @mr is one that only asks (and has no item). */
bool schedule_is_query(const uint64_t *mr, unsigned words, unsigned items);

/**
 * Checks a run-thread request of @words words at @mr and @items items, and lowers its priority to
 * @mcp. -L4_ENOSYS: other operation; -L4_EMSGTOOSHORT, -L4_EMSGMISSARG: malformed; -L4_EINVAL:
 * priority below 1, or the extended form, which could hide one above the cap.
 */
long schedule_cap(uint64_t *mr, unsigned words, unsigned items, uint8_t mcp);
