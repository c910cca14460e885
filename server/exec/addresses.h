/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include "object.h"

/*
 * Suggested addresses: one per object and boot, the same for all tasks, so that linked pages can be
 * shared (design rule 18). Once the end of the area is reached, places of objects that have left
 * are used again. Where an object really goes is up to each task's region manager.
 */

/** Sets the seed from which addresses are drawn. */
void addresses_seed(uint64_t seed);

/** Chooses object->base. -ERR_ENOMEM if the area is used up. */
long addresses_choose(struct object *object);

/** The base of the start-up library: its first place, or the second if @program is in the way. */
uint64_t addresses_startup(const struct object *startup, const struct object *program);
