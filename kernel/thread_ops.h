/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include "invocation.h"

/** Requests of protocol THREAD (ABI 7.3); everything else is IPC to the thread. */
l4_msgtag_t thread_invoke(struct object *object, struct invocation *call);
