/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Memory of a static server: a fixed arena in its bss, handed out in pages (servers below dm_phys
 * have nobody to ask, design rule 16). First fit; a byte per page says whether it is in use.
 */
#include <errno.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <string.h>

#include "libc/backend.h"
#include "libc/server/server.h"

enum { PAGE = 4096, PAGES_MAX = 65536, NAP_US = 100 };

static unsigned char in_use[PAGES_MAX];
static atomic_flag locked = ATOMIC_FLAG_INIT;

static void lock(void)
{
    while (atomic_flag_test_and_set_explicit(&locked, memory_order_acquire))
        libc_sleep_us(NAP_US);
}

static void unlock(void)
{
    atomic_flag_clear_explicit(&locked, memory_order_release);
}

static size_t arena_pages(void)
{
    size_t pages = libc_arena_size / PAGE;
    return pages < PAGES_MAX ? pages : PAGES_MAX;
}

/* Index of the first of @count free pages in a row, or the number of pages if there are none. */
static size_t find(size_t count)
{
    size_t pages = arena_pages(), run = 0;
    for (size_t i = 0; i < pages; i++) {
        run = in_use[i] ? 0 : run + 1;
        if (run == count)
            return i + 1 - count;
    }
    return pages;
}

void *libc_map(size_t size)
{
    size_t count = size / PAGE;
    if (count == 0 || count > arena_pages())
        return NULL;
    lock();
    size_t at = find(count);
    bool found = at < arena_pages();
    if (found)
        memset(&in_use[at], 1, count);
    unlock();
    if (!found)
        return NULL;
    return memset(libc_arena + at * PAGE, 0, size);
}

long libc_unmap(void *memory, size_t size)
{
    size_t offset = (size_t)((char *)memory - libc_arena);
    size_t pages = arena_pages();
    if ((char *)memory < libc_arena || offset >= pages * PAGE || size > pages * PAGE - offset)
        return -EINVAL;
    lock();
    memset(&in_use[offset / PAGE], 0, size / PAGE);
    unlock();
    return 0;
}
