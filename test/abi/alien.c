/* SPDX-License-Identifier: BSD-2-Clause */
/* Alien threads (ABI 8.4). */
#include "abi.h"

const struct test alien_tests[] = {
    {NULL, NULL},
};
