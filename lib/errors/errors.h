/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

/**
 * All errors as enum error { ERR_EPERM = 1, ... ERR_ENOTELF = 3000, ... }; functions return them
 * negated. The list, with a sentence for each, is errors.def.
 */
enum error {
#define ERROR(name, number, text) ERR_##name = number,
#include "errors/errors.def"
#undef ERROR
};

/** The sentence for @error (negative or positive); never null. */
const char *error_text(long error);

/** The name of @error, like "ENOTELF"; "?" if unknown. */
const char *error_name(long error);
