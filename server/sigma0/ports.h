/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include "sigma0/protocol.h"

/**
 * I/O ports: owned like memory, by ranges as they were asked for. The same range again is fine; one
 * that overlaps an owned range, even the client's own, is refused with -L4_ENOMEM (ABI 9).
 */
struct sigma0_answer ports_get(uint32_t client, const struct sigma0_request *request);
