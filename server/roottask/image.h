/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include "elf/elf.h"
#include "module.h"

/**
 * Checks the file of @module: a static program for fixed addresses, within those free for programs.
 * Prints what is wrong. The result is good until the next call.
 */
long image_check(const struct module *module, const struct elf_object **object);

/** Maps copies of all segments of @object to @module's task. -ERR_ENOMEM. */
long image_load(struct module *module, const struct elf_object *object);
