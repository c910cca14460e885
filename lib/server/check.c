/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdio.h>
#include <stdlib.h>

#include "errors/errors.h"
#include "libc/backend.h"
#include "server/server.h"

void server_check(const char *step, long error)
{
    if (error >= 0)
        return;
    printf("cannot go on: %s: %s (%s)\n", step, error_text(error), error_name(error));
    exit(1);
}

uint64_t server_clock_us(void)
{
    return libc_clock_us();
}

void server_sleep_us(uint64_t us)
{
    libc_sleep_us(us);
}
