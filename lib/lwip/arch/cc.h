/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

/* lwIP on our C library. */

uint32_t net_random(void); /* by the program that links lwIP */

#define LWIP_RAND() net_random()
#define LWIP_PLATFORM_DIAG(x) \
    do {                      \
        printf x;             \
    } while (0)
#define LWIP_PLATFORM_ASSERT(text)                                    \
    do {                                                              \
        printf("lwIP: %s (%s:%d)\n", text, __FILE__, __LINE__);       \
        abort();                                                      \
    } while (0)
