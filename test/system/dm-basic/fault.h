/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <stdbool.h>
#include <stdint.h>

/*
 * A second thread that touches memory for the test, so that page faults arrive here as messages
 * instead of ending the program.
 */

/** Makes the thread; 0 or an error. */
long fault_init(void);

/** Reads the word at @address: true and *@value, or false if it faulted. */
bool fault_read(uint64_t address, uint64_t *value);

/** Writes @value there; false if it faulted. */
bool fault_write(uint64_t address, uint64_t value);
