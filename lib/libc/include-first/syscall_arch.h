/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * musl reads this file in place of its own of the same name (the build puts this folder first for
 * quoted includes). There is no system-call instruction under our C library: each call is a call
 * of libc_syscall(), which lib/libc/syscall.c defines.
 */
#define __SYSCALL_LL_E(x) (x)
#define __SYSCALL_LL_O(x) (x)
#define IPC_64 0

__attribute__((__visibility__("hidden")))
long libc_syscall(long n, long a, long b, long c, long d, long e, long f);

static __inline long __syscall0(long n)
{
    return libc_syscall(n, 0, 0, 0, 0, 0, 0);
}

static __inline long __syscall1(long n, long a)
{
    return libc_syscall(n, a, 0, 0, 0, 0, 0);
}

static __inline long __syscall2(long n, long a, long b)
{
    return libc_syscall(n, a, b, 0, 0, 0, 0);
}

static __inline long __syscall3(long n, long a, long b, long c)
{
    return libc_syscall(n, a, b, c, 0, 0, 0);
}

static __inline long __syscall4(long n, long a, long b, long c, long d)
{
    return libc_syscall(n, a, b, c, d, 0, 0);
}

static __inline long __syscall5(long n, long a, long b, long c, long d, long e)
{
    return libc_syscall(n, a, b, c, d, e, 0);
}

static __inline long __syscall6(long n, long a, long b, long c, long d, long e, long f)
{
    return libc_syscall(n, a, b, c, d, e, f);
}
