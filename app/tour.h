/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

/** Prints the arguments and uses everything the demo libraries have. */
void tour(int argc, char **argv);

/** The number behind NAME= in the arguments, or @otherwise. */
int tour_number(char **argv, const char *name, int otherwise);
