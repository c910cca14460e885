/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include "name.h"

/** What is there of the places where a file is looked for; used until known_forget(). */
struct known {
    struct object *objects[FETCH_NAMES];
};

/**
 * The object that @request leads to if nobody has to be asked: it has been asked for before, or the
 * first place to look at is known, and what is there cannot change. Else null.
 */
struct object *known_for_ever(const struct object_request *request);

/**
 * Puts the places for @request along the library path into @job, and what is there already, so that
 * only a change is fetched. A name that is too long is none: cut, it would be that of another file.
 * -ERR_ENAMETOOLONG, -ERR_ETOOMANY more than FETCH_NAMES folders; @known is empty then.
 */
long known_fill(struct known *known, const struct object_request *request, struct fetch *job);

/** Ceases to use them. */
void known_forget(struct known *known);
