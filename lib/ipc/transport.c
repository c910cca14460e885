/* SPDX-License-Identifier: BSD-2-Clause */
#include "ipc/transport.h"
#include "l4sys/clock.h"
#include "l4sys/factory.h"
#include "l4sys/gate.h"
#include "l4sys/irq.h"
#include "l4sys/task.h"
#include "l4sys/thread.h"

/* The run-time's way to the real kernel; replaced by a pretended one in unit tests. */

struct l4_utcb *ipc_utcb(void)
{
    return l4_utcb();
}

l4_msgtag_t ipc_invoke(l4_cap_t selector, l4_msgtag_t tag, uint64_t *label, l4_timeouts_t timeouts)
{
    return l4_invoke(selector, tag, label, timeouts);
}

long ipc_kernel_gate(l4_cap_t factory, l4_cap_t slot, l4_cap_t thread, uint64_t label)
{
    return l4_factory_create_gate(factory, slot, thread, label);
}

long ipc_kernel_bind(l4_cap_t gate, l4_cap_t thread, uint64_t label)
{
    return l4_gate_bind(gate, thread, label);
}

long ipc_kernel_uncount(l4_cap_t gate)
{
    long result = l4_gate_dec_refcnt(gate, 1);
    return result < 0 ? result : 0;
}

long ipc_kernel_irq(l4_cap_t factory, l4_cap_t slot, l4_cap_t thread, uint64_t label)
{
    long result = l4_factory_create_irq(factory, slot);
    if (result < 0)
        return result;
    result = l4_irq_bind(slot, thread, label);
    if (result < 0) {
        l4_cap_delete(slot);
        return result;
    }
    return 0;
}

long ipc_kernel_deletion_irq(l4_cap_t thread, l4_cap_t irq)
{
    return l4_thread_register_del_irq(thread, irq);
}

bool ipc_kernel_valid(l4_cap_t slot)
{
    return l4_cap_valid(slot);
}

void ipc_kernel_release(const l4_cap_t *slots, unsigned count)
{
    struct l4_utcb *utcb = ipc_utcb();

    utcb->mr[0] = L4_TASK_UNMAP;
    utcb->mr[1] = L4_UNMAP_ALL_SPACES;
    for (unsigned i = 0; i < count; i++)
        utcb->mr[2 + i] = l4_fpage_obj(slots[i], 0, L4_CAP_RWSD).raw;
    l4_ipc_call(L4_BASE_TASK_CAP, l4_msgtag(L4_PROTO_TASK, 2 + count, 0, 0), L4_NEVER);
}

void ipc_kernel_release_range(l4_cap_t task, l4_fpage_t range)
{
    l4_fpage_t all_rights = {range.raw | L4_CAP_RWSD};

    l4_task_unmap(task ? task : L4_BASE_TASK_CAP, all_rights, L4_UNMAP_ALL_SPACES);
}

void ipc_kernel_delete(l4_cap_t slot)
{
    l4_cap_delete(slot);
}

long ipc_kernel_copy(l4_cap_t from, l4_cap_t to, bool weak)
{
    return l4_task_map(L4_BASE_TASK_CAP, L4_BASE_TASK_CAP, l4_fpage_obj(from, 0, L4_CAP_RWS),
                       (to & L4_PAGE_MASK) | (weak ? L4_ITEM_WEAK : 0));
}

uint64_t ipc_kernel_clock(const struct l4_kip *kip)
{
    return l4_clock_us(kip);
}
