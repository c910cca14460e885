/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <l4/msgtag.h>
#include <l4/types.h>

#include "object.h"

struct thread;

/** What became of a request, besides the tag that the object's invoke function returns. */
enum outcome {
    OUTCOME_ANSWER,   /* the tag is the answer */
    OUTCOME_NO_REPLY, /* done, and the receive phase is a real one (IRQ protocols) */
    OUTCOME_TAKEN,    /* the thread waits or is finished already: nothing more to do */
};

/** A message to a kernel object. */
struct invocation {
    struct thread *caller;
    uint64_t *mr;       /* the caller's message registers: request, then answer */
    l4_msgtag_t tag;
    long protocol;
    unsigned words, items;
    unsigned rights;    /* W and S of the invoked capability */
    unsigned attributes;
    enum outcome outcome;
};

/** An object passed as item, or the error to answer with if `object` is NULL. */
struct argument {
    struct object *object;
    l4_msgtag_t error;
};

/** The object of item @index, which must be of @type and held with @rights (S, W). */
struct argument argument_object(struct invocation *call, unsigned index,
                                const struct object_type *type, unsigned rights);

/** The capability of item @index, of any type; errors as above. */
struct cap *argument_cap(struct invocation *call, unsigned index, l4_msgtag_t *error);

/** Answer with a result label alone, or with @words message registers. */
static inline l4_msgtag_t answer(long label)
{
    return l4_msgtag(label, 0, 0, 0);
}

static inline l4_msgtag_t answer_words(long label, unsigned words)
{
    return l4_msgtag(label, words, 0, 0);
}

/** Answer "the IPC itself failed" with @code. */
l4_msgtag_t answer_ipc_error(struct invocation *call, unsigned code);
