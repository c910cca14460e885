/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include "types.h"

#define SERIAL_PIN 4 /* COM1 on the interrupt controller */

/** COM1, 115200 8N1; input raises interrupts. */
void serial_init(void);
void serial_write(char c);
/** False: the machine has no such port. */
bool serial_is_there(void);
/** Takes one received character; false if there is none. */
bool serial_read(char *c);
