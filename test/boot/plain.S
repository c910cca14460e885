/* SPDX-License-Identifier: BSD-2-Clause */
#define NAME "no kip !"
#include "test/boot/program.inc"
