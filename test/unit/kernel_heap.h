/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
/* What the kernel's sources need on the host: page frames and a way to stop. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "frames.h"
#include "print.h"

static unsigned heap_blocks; /* in use */

void *frames_alloc(unsigned order)
{
    void *block = aligned_alloc(PAGE_SIZE, PAGE_SIZE << order);
    heap_blocks++;
    return block ? memset(block, 0, PAGE_SIZE << order) : NULL;
}

void frames_free(void *block, unsigned order)
{
    (void)order;
    heap_blocks--;
    free(block);
}

void panic(const char *format, ...)
{
    va_list args;
    va_start(args, format);
    vprintf(format, args);
    va_end(args);
    abort();
}

static uint64_t random_state = 1;

static unsigned below(unsigned n)
{
    random_state = random_state * 6364136223846793005ull + 1442695040888963407ull;
    return (unsigned)(random_state >> 33) % n;
}
