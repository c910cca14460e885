/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include "task.h"

/* Where the objects of a task really are: by its own placement table as soon as it has one. */

struct places {
    const struct task_table *table;
    const struct task_placement *placement; /* of the task, as it was; null if it had none yet */
    l4_cap_t copy;                          /* dataspace in which that is */
};

/** Opens those of @task, which has an infopage. */
void places_open(const struct task *task, struct places *places);
void places_close(struct places *places);

/** Base of object @i < table->objects. */
uint64_t places_base(const struct places *places, uint32_t i);

/** The object that @address is in, and the offset in it; false if it is in none. */
bool places_find(const struct places *places, uint64_t address, uint32_t *object,
                 uint64_t *offset);

/** Writes " (libdemo.so+0x1234)" for @address to @text; "" if it is in no object. */
void places_describe(const struct places *places, uint64_t address, char *text, size_t size);
