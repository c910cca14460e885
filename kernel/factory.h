/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include "object.h"

/** Creates objects and pays for them from a quota of its own. */
struct factory {
    struct object object;
    struct quota *own;
};

extern const struct object_type factory_type;

/** The quota from which @object creates if it is a factory that still lives; else NULL. */
struct quota *factory_own(struct object *object);

/** A factory whose limit is reserved in full from @parent, which also pays for it. */
struct factory *factory_create(struct quota *parent, size_t limit);

/** The factory of sigma0 and the root task, with all of the kernel heap. */
struct factory *factory_init(void);
