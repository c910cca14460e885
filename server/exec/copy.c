/* SPDX-License-Identifier: BSD-2-Clause */
#include "copy.h"

#include <string.h>

#include <task/slots.h>

#include "errors/errors.h"
#include "idl/dm.h"

/** Copies what is mapped at the source's window, @size bytes, to @offset of the copy. */
static long copy_piece(const struct copy *copy, uint64_t offset, uint64_t size)
{
    for (uint64_t at = 0, mapped; at < size; at += mapped) {
        struct piece piece = {copy->to, offset + at, size - at, L4_FPAGE_RW};
        long error = piece_map(&copy->target, &piece, &mapped);
        if (error < 0)
            return error;
        memcpy((char *)copy->target.start, (const char *)copy->source.start + at, mapped);
        piece_unmap(&copy->target);
    }
    return 0;
}

/** Sparse: only what has really been delivered takes memory. */
long copy_file(const struct copy *copy)
{
    uint64_t size = (copy->size + L4_PAGE_SIZE - 1) & L4_PAGE_MASK;

    if (copy->size == 0)
        return -ERR_ETRUNCATED;
    if (copy->size > COPY_MAX)
        return -ERR_ETOOMANY;
    long error = dm_open(TASK_CAP_DM, size, DM_SPARSE, "file", copy->to);
    for (uint64_t at = 0, mapped; error >= 0 && at < size; at += mapped) {
        struct piece piece = {copy->from, copy->offset + at, size - at, L4_FPAGE_R};
        if (piece_map(&copy->source, &piece, &mapped) < 0)
            return -ERR_ETRANSFER;
        error = copy_piece(copy, at, mapped);
        piece_unmap(&copy->source);
    }
    return error < 0 ? error : 0;
}

void copy_clean(const struct copy *copy)
{
    piece_unmap(&copy->source);
    piece_unmap(&copy->target);
}
