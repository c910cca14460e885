/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include "types.h"

struct object;
struct thread;

/** One line per thread: name, state, IPC partner, pager, ip. */
void dump_threads(void);
void dump_thread(struct thread *t);

/** ` WHAT=ID(NAME)`, the name only if it has one; NULL: `WHAT=-`. */
void dump_object(const char *what, const struct object *object);

/** The object with this id, dead ones that are still pinned included. NULL: there is none. */
struct object *dump_find(uint64_t id);

/** Sorted lines `books kernel kernel KIND COUNT KEPT`: objects, pages of slabs, frames. */
void dump_books(void);
