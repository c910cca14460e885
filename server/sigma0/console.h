/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

/** Writes a line `sigma0: ...` to the kernel console. */
void say(const char *text, ...) __attribute__((format(printf, 1, 2)));
