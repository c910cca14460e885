/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include "object.h"

/** Where a function starts, as offset in its object, and what it is called. */
struct function {
    uint64_t start;
    const char *name; /* of the object's file: never null */
};

/** The exported function of @object that contains @offset. -ERR_ENOENT. */
long function_find(const struct object *object, uint64_t offset, struct function *function);
