/* SPDX-License-Identifier: BSD-2-Clause */
#define NAME "roottask"
#include "test/boot/program.inc"
