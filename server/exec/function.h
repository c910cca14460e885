/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include "object.h"

enum { FUNCTION_NAME = ELF_FUNCTION_NAME }; /* idl/exec_task.idl */

/** Where a function starts, as offset in its object, and what it is called. */
struct function {
    uint64_t start;
    char name[FUNCTION_NAME + 1]; /* printable */
};

/**
 * The function of @object that contains @offset, static ones too unless it is stripped.
 * -ERR_ENOENT.
 */
long function_find(const struct object *object, uint64_t offset, struct function *function);
