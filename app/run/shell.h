/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

/**
 * Commands from the console, a line each, until `quit` or the end of input. Exit code of the
 * program.
 */
int shell(void);
