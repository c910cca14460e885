/* SPDX-License-Identifier: BSD-2-Clause */
#include "server/piece.h"

#include <task/slots.h>

#include "errors/errors.h"
#include "idl/dataspace.h"
#include "l4sys/task.h"

long piece_map(const struct piece_window *window, const struct piece *piece, uint64_t *mapped)
{
    struct ipc_window here = {l4_fpage_mem(window->start, window->order, L4_FPAGE_RW), 0};
    uint64_t room = 1ull << window->order;
    uint64_t wish = piece->size < room ? piece->size : room;
    long error = dataspace_map(piece->dataspace, piece->offset, wish, window->start, piece->rights,
                               mapped, &here);

    if (error < 0)
        return error;
    if (*mapped == 0 || *mapped > wish || *mapped % L4_PAGE_SIZE)
        return -ERR_ETRANSFER;
    return 0;
}

void piece_unmap(const struct piece_window *window)
{
    l4_task_unmap(TASK_CAP_TASK, l4_fpage_mem(window->start, window->order, L4_FPAGE_RWX),
                  L4_UNMAP_ALL_SPACES);
}
