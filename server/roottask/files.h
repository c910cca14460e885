/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include "module.h"

/** Whether files are given to @module: it is bmodfs, or some are attached to it. */
bool files_wanted(const struct module *module);

/**
 * Maps those files of the modules table[first] .. table[count - 1] that are for @to, read only and
 * one-to-one, to @to, and a struct l4_mod_info that lists them to SERVER_MODULES. A file that lies
 * where the program does is left out, with a line.
 */
long files_give(const struct module *to, const struct module *table, unsigned first,
                unsigned count);
