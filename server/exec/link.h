/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include "client.h"

/**
 * Second link step (paper 2.2, step 7): links again, in the task's own written sections, whatever
 * refers to an object that is not where it was suggested. @placement is read from a copy.
 * @relocations: how many were applied. -ERR_EINVAL a placement that cannot be.
 */
long link_again(struct client *client, const struct ipc_bulk_in *placement,
                uint32_t *relocations);
