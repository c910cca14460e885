/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

/** Writes a line, behind the program's name, to the kernel console in slot 5 (ABI 2.2). */
void say(const char *text, ...) __attribute__((format(printf, 1, 2)));

/** Defined by the program: what its lines begin with. */
extern const char console_name[];
