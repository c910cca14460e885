/* SPDX-License-Identifier: BSD-2-Clause */
/* Standard output of a server: collected to lines, so that lines of servers do not mix. */
#include <stdatomic.h>

#include "libc/backend.h"
#include "libc/server/server.h"

enum { LINE_MAX_BYTES = 240, NAP_US = 100 };

static char line[LINE_MAX_BYTES];
static size_t used;
static atomic_flag locked = ATOMIC_FLAG_INIT;

static void put(char c)
{
    line[used++] = c;
    if (c == '\n' || used == LINE_MAX_BYTES) {
        libc_write_line(line, used);
        used = 0;
    }
}

void libc_output(const char *text, size_t size)
{
    while (atomic_flag_test_and_set_explicit(&locked, memory_order_acquire))
        libc_sleep_us(NAP_US);
    for (size_t i = 0; i < size; i++)
        put(text[i]);
    atomic_flag_clear_explicit(&locked, memory_order_release);
}
