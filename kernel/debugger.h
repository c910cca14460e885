/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include "object.h"

extern const struct object_type debugger_type;

enum { DEBUGGER_BOOKS = 0x700 }; /* our own group 7: books on the console (dump.h) */
