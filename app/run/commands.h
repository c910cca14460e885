/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

/** Runs one command of @count words, its name first. Its exit code; what happens is printed. */
int command_run(unsigned count, char **words);
