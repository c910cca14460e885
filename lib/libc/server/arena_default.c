/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The arena of a server that does not ask for another: in a file of its own, so that the linker
 * takes it only if LIBC_ARENA is not used, and the compiler cannot look at the size elsewhere.
 */
#include "libc/server/server.h"

LIBC_ARENA(1 << 20);
