/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include "ipc/ipc.h"

/*
 * Priorities of modules with an mcp: a gate that speaks the scheduler's protocol (ABI 7.7) and
 * lowers what is too high. The object's data is the module.
 */
extern const struct ipc_kind priorities_kind;
