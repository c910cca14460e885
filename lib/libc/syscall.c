/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Every system call of musl arrives here. Few are needed: output, memory, time, exit, and what
 * locks and start-up ask for. All others do not exist (-ENOSYS), and musl says so to its caller.
 */
#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <time.h>

#include "libc/backend.h"
#include "libc/futex.h"

enum { PAGE = 4096, STDIN = 0, STDERR = 2, PID = 1 };
enum { SIGACTION_SIZE = 32 }; /* handler, flags, restorer, mask: as the Linux kernel has it */

#define SLEEP_MAX_S (1l << 40) /* more is for ever, and would wrap in microseconds */
#define MAP_LIMIT (1ul << 47) /* user space: larger requests would wrap when rounded */

static long sys_writev(long fd, const struct iovec *iov, long count)
{
    long written = 0;
    if (fd <= STDIN || fd > STDERR)
        return -EBADF;
    for (long i = 0; i < count; i++) {
        libc_output(iov[i].iov_base, iov[i].iov_len);
        written += (long)iov[i].iov_len;
    }
    return written;
}

static long sys_write(long fd, const char *text, size_t size)
{
    return sys_writev(fd, &(struct iovec){ (char *)text, size }, 1);
}

/* What there is of a line, into the first buffer with room: nobody waits for the next one. */
static long sys_readv(long fd, const struct iovec *iov, long count)
{
    if (fd != STDIN)
        return -EBADF;
    for (long i = 0; i < count; i++)
        if (iov[i].iov_len > 0)
            return libc_input(iov[i].iov_base, iov[i].iov_len);
    return 0;
}

static long sys_read(long fd, char *text, size_t size)
{
    return sys_readv(fd, &(struct iovec){ text, size }, 1);
}

/* The console is a terminal for stdio's purposes: so output is line buffered. */
static long sys_ioctl(long fd, long request, void *argument)
{
    if (fd < STDIN || fd > STDERR)
        return -EBADF;
    if (request != TIOCGWINSZ)
        return -ENOTTY;
    memset(argument, 0, sizeof(struct winsize));
    return 0;
}

static long sys_mmap(size_t size, long flags)
{
    if (size == 0 || size > MAP_LIMIT || !(flags & MAP_ANONYMOUS))
        return -EINVAL;
    if (flags & MAP_FIXED)
        return -ENOSYS;
    void *memory = libc_map((size + PAGE - 1) & -(size_t)PAGE);
    return memory ? (long)memory : -ENOMEM;
}

static long sys_munmap(unsigned long address, size_t size)
{
    if (address % PAGE || size == 0 || size > MAP_LIMIT)
        return -EINVAL;
    return libc_unmap((void *)address, (size + PAGE - 1) & -(size_t)PAGE);
}

/* What is mapped can be read and written, and that is all that can be asked for. */
static long sys_mprotect(long rights)
{
    return rights == (PROT_READ | PROT_WRITE) ? 0 : -ENOSYS;
}

/* All clocks count from the start of the machine. */
static long sys_clock_gettime(struct timespec *now)
{
    uint64_t us = libc_clock_us();
    now->tv_sec = (time_t)(us / 1000000);
    now->tv_nsec = (long)(us % 1000000) * 1000;
    return 0;
}

static long sys_sleep(const struct timespec *t, int absolute)
{
    if (t->tv_sec < 0 || t->tv_nsec < 0 || t->tv_nsec >= 1000000000)
        return -EINVAL;
    uint64_t us = t->tv_sec > SLEEP_MAX_S ? UINT64_MAX
                                          : (uint64_t)t->tv_sec * 1000000
                                                + (uint64_t)(t->tv_nsec + 999) / 1000;
    uint64_t now = absolute ? libc_clock_us() : 0;
    if (us > now)
        libc_sleep_us(us - now);
    return 0;
}

/* Nobody else can be signalled, and we have no handlers: a deadly signal ends the program. */
static long sys_kill(long process, long signal)
{
    if (process != PID && process != 0)
        return -ESRCH;
    if (signal == 0)
        return 0;
    if (signal != SIGABRT && signal != SIGKILL && signal != SIGTERM)
        return -ENOSYS;
    libc_exit(128 + (int)signal);
}

/* Nothing is blocked, every signal does what it does by default: what was before is all zero. */
static long sys_signal_state(void *before, size_t size)
{
    if (before)
        memset(before, 0, size);
    return 0;
}

/* Of a system call; none here has more. */
struct arguments {
    long a, b, c, d;
};

static long memory_call(long n, const struct arguments *x)
{
    switch (n) {
    case SYS_mmap:
        return sys_mmap((size_t)x->b, x->d);
    case SYS_munmap:
        return sys_munmap((unsigned long)x->a, (size_t)x->b);
    case SYS_brk: /* no such memory: malloc takes mmap then */
        return 0;
    case SYS_madvise:
        return 0;
    case SYS_mprotect:
        return sys_mprotect(x->c);
    default:
        return -ENOSYS;
    }
}

static long file_call(long n, const struct arguments *x)
{
    switch (n) {
    case SYS_write:
        return sys_write(x->a, (const char *)x->b, (size_t)x->c);
    case SYS_writev:
        return sys_writev(x->a, (const struct iovec *)x->b, x->c);
    case SYS_read:
        return sys_read(x->a, (char *)x->b, (size_t)x->c);
    case SYS_readv:
        return sys_readv(x->a, (const struct iovec *)x->b, x->c);
    case SYS_ioctl:
        return sys_ioctl(x->a, x->b, (void *)x->c);
    case SYS_lseek:
        return x->a >= STDIN && x->a <= STDERR ? -ESPIPE : -EBADF;
    case SYS_close:
        return x->a >= STDIN && x->a <= STDERR ? 0 : -EBADF;
    default:
        return -ENOSYS;
    }
}

/* What start-up, locks and signals ask for. */
static long process_call(long n, const struct arguments *x)
{
    switch (n) {
    case SYS_exit:
    case SYS_exit_group:
        libc_exit((int)x->a);
    case SYS_futex:
        return libc_futex((volatile int *)x->a, x->b, (int)x->c, (const struct timespec *)x->d);
    case SYS_sched_yield:
        libc_sleep_us(1);
        return 0;
    case SYS_set_tid_address:
    case SYS_gettid:
    case SYS_getpid:
        return PID;
    case SYS_tkill: /* only oneself has its own number */
        return sys_kill(PID, x->b);
    case SYS_tgkill:
        return sys_kill(x->a, x->c);
    case SYS_kill:
        return sys_kill(x->a, x->b);
    case SYS_rt_sigprocmask:
        return sys_signal_state((void *)x->c, (size_t)x->d);
    case SYS_rt_sigaction:
        return sys_signal_state((void *)x->c, SIGACTION_SIZE);
    case SYS_set_robust_list:
    case SYS_getuid:
    case SYS_geteuid:
    case SYS_getgid:
    case SYS_getegid:
        return 0;
    default:
        return -ENOSYS;
    }
}

long libc_syscall(long n, long a, long b, long c, long d, long e, long f)
{
    const struct arguments x = { a, b, c, d };

    (void)e;
    (void)f;
    switch (n) {
    case SYS_clock_gettime:
        return sys_clock_gettime((struct timespec *)b);
    case SYS_nanosleep:
        return sys_sleep((const struct timespec *)a, 0);
    case SYS_clock_nanosleep:
        return sys_sleep((const struct timespec *)c, b & TIMER_ABSTIME);
    default:
        break;
    }
    long result = file_call(n, &x);
    if (result == -ENOSYS)
        result = memory_call(n, &x);
    if (result == -ENOSYS)
        result = process_call(n, &x);
    return result;
}
