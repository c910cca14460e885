/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * First C code of a static server or program, called by entry.S with the System V stack that was
 * made for it: argc, argv, environment and auxiliary vector. Nothing of libc works before
 * __libc_start_main.
 */
#include <l4/kip.h>
#include <stddef.h>

#include "l4sys/clock.h"
#include "libc/backend.h"
#include "libc/server/server.h"

enum { AUX_END = 0, AUX_KIP = 0xf2 };

static const struct l4_kip *kip;

int main(int argc, char **argv, char **environment);
int __libc_start_main(int (*main)(int, char **, char **), int argc, char **argv, void (*init)(void),
                      void (*fini)(void), void (*linker)(void));
_Noreturn void libc_start_stack(long *stack);

const struct l4_kip *libc_kip(void)
{
    return kip;
}

uint64_t libc_clock_us(void)
{
    return kip ? l4_clock_us(kip) : 0;
}

__attribute__((weak)) void server_start(void)
{
}

static int start_then_main(int argc, char **argv, char **environment)
{
    server_start();
    return main(argc, argv, environment);
}

_Noreturn void libc_start_stack(long *stack)
{
    int argc = (int)stack[0];
    char **argv = (char **)(stack + 1);
    long *p = stack + 1 + argc + 1;

    while (*p) /* the environment */
        p++;
    for (p++; p[0] != AUX_END; p += 2)
        if (p[0] == AUX_KIP)
            kip = (const struct l4_kip *)p[1];
    __libc_start_main(start_then_main, argc, argv, NULL, NULL, NULL);
    __builtin_unreachable();
}
