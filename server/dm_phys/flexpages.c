/* SPDX-License-Identifier: BSD-2-Clause */
#include "flexpages.h"

uint64_t flexpages_cut(const struct flexpages_range *range, unsigned rights, uint32_t max,
                       struct ipc_page *pages, uint32_t *count)
{
    uint64_t done = 0;
    for (*count = 0; *count < max && done < range->size; (*count)++) {
        uint64_t from = range->from + done, spot = range->spot + done;
        unsigned order = 63 - (unsigned)__builtin_clzll(range->size - done);
        if ((from | spot) != 0 && (unsigned)__builtin_ctzll(from | spot) < order)
            order = (unsigned)__builtin_ctzll(from | spot);
        pages[*count] = (struct ipc_page){spot, l4_fpage_mem(from, order, rights), 0};
        done += 1ull << order;
    }
    return done;
}
