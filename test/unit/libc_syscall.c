/* SPDX-License-Identifier: BSD-2-Clause */
/* What musl's system calls come to (lib/libc/syscall.c), above a back end that only takes notes. */
#include <errno.h>
#include <setjmp.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <time.h>

#include "libc/backend.h"
#include "unit.h"

enum { PAGE = 4096, UNUSED = 0x5a };

static jmp_buf at_exit;
static int exit_code;
static char written[200];
static size_t mapped, unmapped;
static uint64_t slept, clock_us;
static _Alignas(PAGE) char memory[PAGE];

void libc_output(const char *text, size_t size)
{
    strncat(written, text, size);
}

long libc_input(char *text, size_t size)
{
    return size ? *text = 'i', 1 : 0;
}

void *libc_map(size_t size)
{
    mapped = size;
    return size > 1 << 30 ? NULL : memory;
}

long libc_unmap(void *at, size_t size)
{
    unmapped = size;
    return at == memory ? 0 : -EINVAL;
}

_Noreturn void libc_exit(int code)
{
    exit_code = code;
    longjmp(at_exit, 1);
}

uint64_t libc_clock_us(void)
{
    return clock_us;
}

void libc_sleep_us(uint64_t us)
{
    slept = us;
}

long libc_set_fs_base(void *base)
{
    (void)base;
    return 0;
}

static long call(long n, long a, long b, long c)
{
    return libc_syscall(n, a, b, c, 0, 0, 0);
}

/* The code with which the call ends the program, or -1 if it comes back. */
static int exit_of(long n, long a, long b, long c)
{
    exit_code = -1;
    if (!setjmp(at_exit))
        call(n, a, b, c);
    return exit_code;
}

TEST(output_goes_out)
{
    struct iovec pieces[] = {{"a", 1}, {"", 0}, {"bcd", 2}};

    written[0] = 0;
    CHECK_EQ(call(SYS_write, 1, (long)"xyz", 2), 2);
    CHECK_EQ(call(SYS_writev, 2, (long)pieces, 3), 3);
    CHECK_STR(written, "xyabc");
    CHECK_EQ(call(SYS_write, 0, (long)"x", 1), -EBADF);
    CHECK_EQ(call(SYS_write, 3, (long)"x", 1), -EBADF);
}

static long map(size_t size, long flags)
{
    return libc_syscall(SYS_mmap, 0, (long)size, PROT_READ | PROT_WRITE, flags, -1, 0);
}

TEST(memory_is_anonymous_and_anywhere)
{
    CHECK_EQ(map(1, MAP_ANONYMOUS | MAP_PRIVATE), (long)memory);
    CHECK_EQ(mapped, PAGE);
    CHECK_EQ(map(PAGE + 1, MAP_ANONYMOUS), (long)memory);
    CHECK_EQ(mapped, 2 * PAGE);
    CHECK_EQ(map(0, MAP_ANONYMOUS), -EINVAL);
    CHECK_EQ(map(~(size_t)0, MAP_ANONYMOUS), -EINVAL);
    CHECK_EQ(map(PAGE, MAP_PRIVATE), -EINVAL);
    CHECK_EQ(map(PAGE, MAP_ANONYMOUS | MAP_FIXED), -ENOSYS);
    CHECK_EQ(map(2ul << 30, MAP_ANONYMOUS), -ENOMEM);
    CHECK_EQ(call(SYS_munmap, (long)memory, 1, 0), 0);
    CHECK_EQ(unmapped, PAGE);
    CHECK_EQ(call(SYS_munmap, (long)memory + 1, PAGE, 0), -EINVAL);
    CHECK_EQ(call(SYS_munmap, (long)memory, 0, 0), -EINVAL);
}

TEST(protection_is_not_promised)
{
    CHECK_EQ(call(SYS_mprotect, (long)memory, PAGE, PROT_READ | PROT_WRITE), 0);
    CHECK_EQ(call(SYS_mprotect, (long)memory, PAGE, PROT_READ), -ENOSYS);
    CHECK_EQ(call(SYS_mprotect, (long)memory, PAGE, PROT_NONE), -ENOSYS);
}

static uint64_t sleep_of(time_t seconds, long nanoseconds)
{
    struct timespec t = {seconds, nanoseconds};

    slept = 0;
    return call(SYS_nanosleep, (long)&t, 0, 0) ? 0 : slept;
}

TEST(sleeps_are_never_short)
{
    struct timespec wrong = {0, 1000000000}, until = {5, 0};

    CHECK_EQ(sleep_of(2, 1), 2000001);
    CHECK_EQ(sleep_of(0, 0), 0);
    CHECK_EQ(sleep_of((time_t)(~0ull >> 1), 0), ~0ull);
    CHECK_EQ(sleep_of((time_t)(~0ull / 1000000) + 1, 999999999), ~0ull);
    CHECK_EQ(call(SYS_nanosleep, (long)&wrong, 0, 0), -EINVAL);
    clock_us = 4000000;
    CHECK_EQ(call(SYS_clock_nanosleep, CLOCK_MONOTONIC, TIMER_ABSTIME, (long)&until), 0);
    CHECK_EQ(slept, 1000000);
    clock_us = 6000000;
    slept = 0;
    CHECK_EQ(call(SYS_clock_nanosleep, CLOCK_MONOTONIC, TIMER_ABSTIME, (long)&until), 0);
    CHECK_EQ(slept, 0);
}

TEST(deadly_signals_end_the_program)
{
    CHECK_EQ(exit_of(SYS_tkill, 7, SIGABRT, 0), 128 + SIGABRT);
    CHECK_EQ(exit_of(SYS_kill, 1, SIGTERM, 0), 128 + SIGTERM);
    CHECK_EQ(exit_of(SYS_exit_group, 3, 0, 0), 3);
    CHECK_EQ(call(SYS_kill, 1, 0, 0), 0);
}

TEST(others_cannot_be_signalled)
{
    CHECK_EQ(exit_of(SYS_kill, 2, SIGTERM, 0), -1);
    CHECK_EQ(call(SYS_kill, 2, SIGTERM, 0), -ESRCH);
    CHECK_EQ(call(SYS_kill, -1, SIGKILL, 0), -ESRCH);
    CHECK_EQ(call(SYS_tgkill, 2, 1, SIGKILL), -ESRCH);
}

TEST(state_of_signals_is_filled_in)
{
    unsigned char before[40];

    memset(before, UNUSED, sizeof before);
    CHECK_EQ(libc_syscall(SYS_rt_sigprocmask, 0, 0, (long)before, 8, 0, 0), 0);
    CHECK(before[0] == 0 && before[7] == 0 && before[8] == UNUSED);
    CHECK_EQ(libc_syscall(SYS_rt_sigaction, SIGINT, 0, (long)before, 8, 0, 0), 0);
    CHECK(before[8] == 0 && before[31] == 0 && before[32] == UNUSED);
    CHECK_EQ(libc_syscall(SYS_rt_sigaction, SIGINT, 0, 0, 8, 0, 0), 0);
}

TEST(the_rest_does_not_exist)
{
    CHECK_EQ(call(SYS_open, (long)"x", 0, 0), -ENOSYS);
    CHECK_EQ(call(SYS_socket, 0, 0, 0), -ENOSYS);
    CHECK_EQ(call(100000, 0, 0, 0), -ENOSYS);
    CHECK_EQ(call(-1, 0, 0, 0), -ENOSYS);
}

TEST(a_futex_is_waited_for_in_naps)
{
    int word = 5;
    struct timespec soon = {0, 1000}, past = {0, 0};

    CHECK_EQ(call(SYS_futex, (long)&word, 0, 4), -EAGAIN);
    slept = 0;
    CHECK_EQ(call(SYS_futex, (long)&word, 128, 5), 0);
    CHECK(slept > 0 && slept <= 1000);
    CHECK_EQ(libc_syscall(SYS_futex, (long)&word, 0, 5, (long)&soon, 0, 0), -ETIMEDOUT);
    CHECK_EQ(libc_syscall(SYS_futex, (long)&word, 0, 5, (long)&past, 0, 0), -ETIMEDOUT);
    CHECK_EQ(call(SYS_futex, (long)&word, 1, 1), 0);
    CHECK_EQ(call(SYS_futex, (long)&word, 9, 1), -ENOSYS);
}

UNIT_MAIN(T(output_goes_out), T(memory_is_anonymous_and_anywhere), T(protection_is_not_promised),
          T(sleeps_are_never_short), T(deadly_signals_end_the_program),
          T(others_cannot_be_signalled), T(state_of_signals_is_filled_in),
          T(the_rest_does_not_exist), T(a_futex_is_waited_for_in_naps))
