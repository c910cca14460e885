/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <stdint.h>

/** Gets all I/O ports from sigma0. */
long machine_init(void);

/**
 * Ends the machine: the emulator's status says whether @code was 0; else power off, reset,
 * standstill.
 */
_Noreturn void machine_end(int32_t code);
