/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <l4/fpage.h>
#include <l4/kip.h>
#include <l4/msgtag.h>
#include <l4/timeout.h>
#include <l4/utcb.h>

/*
 * Everything the run-time asks of the kernel. transport.c does it with system calls; the unit
 * tests bring their own kernel (test/unit/idl_kernel.c). All return 0 or a negative error unless
 * said otherwise, and may overwrite the UTCB.
 */

/** UTCB of the calling thread. */
struct l4_utcb *ipc_utcb(void);

/** The system call (l4_invoke()). */
l4_msgtag_t ipc_invoke(l4_cap_t selector, l4_msgtag_t tag, uint64_t *label, l4_timeouts_t timeouts);

/** New gate in the empty slot @slot, bound to @thread with @label. */
long ipc_kernel_gate(l4_cap_t factory, l4_cap_t slot, l4_cap_t thread, uint64_t label);

/** Binds the existing gate in slot @gate, which has the server right, to @thread with @label. */
long ipc_kernel_bind(l4_cap_t gate, l4_cap_t thread, uint64_t label);

/** The gate no longer counts this one capability: it dies with its clients' (ABI 7.4). */
long ipc_kernel_uncount(l4_cap_t gate);

/** New interrupt object in the empty slot @slot, bound to @thread with @label. */
long ipc_kernel_irq(l4_cap_t factory, l4_cap_t slot, l4_cap_t thread, uint64_t label);

/** @irq fires when a gate bound to @thread is deleted. -L4_EBUSY if one is registered. */
long ipc_kernel_deletion_irq(l4_cap_t thread, l4_cap_t irq);

/** True if @slot is occupied. */
bool ipc_kernel_valid(l4_cap_t slot);

/** Releases the capabilities in @count slots; empty slots are fine. At most 60. */
void ipc_kernel_release(const l4_cap_t *slots, unsigned count);

/** Releases the capabilities in the aligned object flexpage @range of @task (0: this task). */
void ipc_kernel_release_range(l4_cap_t task, l4_fpage_t range);

/** Deletes the object behind @slot for everybody. */
void ipc_kernel_delete(l4_cap_t slot);

/** Copies the capability in @from to the empty slot @to; @weak: as an uncounted one. */
long ipc_kernel_copy(l4_cap_t from, l4_cap_t to, bool weak);

/** KIP clock in microseconds. */
uint64_t ipc_kernel_clock(const struct l4_kip *kip);
