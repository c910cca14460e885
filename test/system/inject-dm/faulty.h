/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include "idl/inject.h"

/* The n-th call: what inject_dm and inject_fprov share. One serving thread each: no locks. */

/** Counts a call; INJECT_* if it is the one that is to go wrong, else INJECT_NONE. */
uint32_t faulty_call(void);

/** The operations arm and count, for the struct inject_ops of the two. */
long faulty_arm(struct ipc_call *call, uint32_t mode, uint32_t n);
long faulty_count(struct ipc_call *call, uint32_t *calls, bool *fired);
