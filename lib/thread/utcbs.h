/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <l4/utcb.h>

#define UTCBS_MAX 64 /* room that must be kept free from the first UTCB on */

/** Makes the UTCBs in [@start, @start + @size) available; the first is the main thread's. */
void utcbs_init(uint64_t start, uint64_t size);

/** A free UTCB with its free marker set, from new kernel-user memory if need be; or null. Any thread. */
struct l4_utcb *utcbs_alloc(void);

/** Gives back a UTCB that no thread was bound to. */
void utcbs_free(struct l4_utcb *utcb);

/** Gives back the UTCBs whose threads are dead: the kernel has cleared their free marker. */
void utcbs_free_dead(void);
