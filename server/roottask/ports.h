/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <stdbool.h>

/* Which module has which I/O ports: each port at most one. */

enum { PORTS_PIECES = 8 }; /* of one module, that do not touch: no one takes all there is room for */

/**
 * Module @owner gets [@port, @port + 2^@order), which ends at 0x10000 at most; again is fine.
 * False: another has one of them, or too many pieces.
 */
bool ports_take(unsigned port, unsigned order, unsigned owner);

/** How many ports @owner has. */
unsigned ports_of(unsigned owner);

/** @owner has none any more. */
void ports_give_all(unsigned owner);
