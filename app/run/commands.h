/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

/**
 * Runs commands, each a name and its words, parted by words ",": @count words in all. The exit code
 * of the last; what happens is printed.
 */
int commands_run(unsigned count, char **words);
