/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include "ipc/ipc.h"
#include "request.h"

/**
 * Service thread: takes what a client offers as the file of a program. Of DM_PHYS's memory it makes
 * a copy-on-write snapshot at once, so that the client may do with it what it likes; of others only
 * the capability is kept, for exec to copy it. -ERR_EINVAL, -ERR_ERANGE larger than its dataspace,
 * -ERR_ETRUNCATED empty, -ERR_E2BIG; errors of DM_PHYS.
 */
long image_take(struct ipc_call *call, struct ipc_bulk_in *bulk, struct image *image);
