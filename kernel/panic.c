/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdarg.h>

#include "debugger.h"
#include "dump.h"
#include "kip.h"
#include "print.h"
#include "x86_64/cpu.h"

void panic(const char *format, ...)
{
    static bool again;
    va_list args;
    va_start(args, format);
    kprintf("kernel: panic: ");
    vkprintf(format, args);
    kprintf("\n");
    va_end(args);
    if (!again) {
        again = true;
        dump_threads();
        if (kip_wants_debugger())
            debugger_enter("after a panic; g halts the machine");
    }
    cpu_halt();
}
