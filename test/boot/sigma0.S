/* SPDX-License-Identifier: BSD-2-Clause */
#define NAME "sigma0 !"
#include "test/boot/program.inc"
