/* SPDX-License-Identifier: BSD-2-Clause */
#include "t_fixed.c"
