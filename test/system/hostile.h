/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <l4/types.h>

/*
 * A dataspace manager of the test, in a second thread: how it behaves decides what the file
 * provider has to live with.
 */
enum behaviour {
    HONEST,         /* its own memory, as a manager should */
    NO_MEMORY,      /* refuses to open */
    MAPS_NOTHING,   /* says it has mapped */
    MAPS_READ_ONLY, /* whatever was asked for */
    TAKES_AWAY,     /* maps, and unmaps again when the pages are being written */
    SAYS_TOO_MUCH,  /* claims more than was asked for */
};

/** Starts it; @gate: slot of its session gate. 0 or an error. */
long hostile_start(l4_cap_t *gate);

/** From now on. */
void hostile_be(enum behaviour behaviour);

/** The memory of its one dataspace. */
const unsigned char *hostile_memory(void);

/** A gate that nobody serves, in a fresh slot; 0 if there is none. */
l4_cap_t hostile_silence(void);
