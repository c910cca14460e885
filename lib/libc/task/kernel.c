/* SPDX-License-Identifier: BSD-2-Clause */
/* Below the libc of a native task: libloader.so, except for the one kernel operation. */
#include <errno.h>
#include <stdatomic.h>

#include "l4sys/thread.h"
#include "libc/backend.h"
#include "loader/loader.h"
#include "rm/region.h"
#include "thread/thread.h"

static _Atomic size_t mapped; /* bytes, against the script's heap limit */

void libc_output(const char *text, size_t size)
{
    task_write(text, size);
}

long libc_input(char *text, size_t size)
{
    long n = task_read(text, size);
    return n < 0 ? -EIO : n;
}

void *libc_map(size_t size)
{
    size_t limit = task_info()->heap_max;
    size_t now = atomic_fetch_add(&mapped, size) + size;
    void *memory = limit && now > limit ? NULL : region_alloc(size);
    if (!memory)
        atomic_fetch_sub(&mapped, size);
    return memory;
}

/* Only as a whole: the C library does not give back parts of what it mapped. */
long libc_unmap(void *memory, size_t size)
{
    struct region_attachment a;
    if (region_lookup(memory, &a) < 0 || a.start != (uint64_t)memory || a.size != size)
        return -EINVAL;
    if (region_free(memory) < 0)
        return -EINVAL;
    atomic_fetch_sub(&mapped, size);
    return 0;
}

_Noreturn void libc_exit(int code)
{
    task_exit(code);
}

uint64_t libc_clock_us(void)
{
    return task_clock_us();
}

void libc_sleep_us(uint64_t us)
{
    thread_sleep_us(us);
}

long libc_set_fs_base(void *base)
{
    return l4_thread_set_fs_base(L4_INVALID_CAP, (uint64_t)base) < 0 ? -EINVAL : 0;
}
