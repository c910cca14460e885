/* SPDX-License-Identifier: BSD-2-Clause */
#include "machine.h"

#include <x86/port.h>

#include "console/console.h"
#include "l4sys/ipc.h"
#include "sigma0/client.h"

enum { PORTS_ORDER = 16 };
enum { DEBUG_EXIT_PORT = 0xf4, SUCCESS = 0x10, FAILURE = 0x11, FAILURES = 0x6f };
enum { POWER_PORT = 0x604, POWER_OFF = 0x2000, KEYBOARD_PORT = 0x64, RESET = 0xfe };
enum { WAIT_US = 100000 };

long machine_init(void)
{
    return sigma0_get_ports(L4_BASE_PAGER_CAP, 0, PORTS_ORDER);
}

/* Each way works on some machines only; after each the machine gets some time to stop. */
_Noreturn void machine_end(int32_t code)
{
    unsigned failure = FAILURE + (unsigned)(code - 1) % FAILURES;

    say("the end, code %d", code);
    out8(DEBUG_EXIT_PORT, code == 0 ? SUCCESS : (uint8_t)failure);
    l4_sleep_us(WAIT_US);
    out16(POWER_PORT, POWER_OFF); /* QEMU's power management */
    l4_sleep_us(WAIT_US);
    out8(KEYBOARD_PORT, RESET);
    l4_sleep_us(WAIT_US);
    say("the machine cannot be switched off");
    for (;;)
        l4_ipc_receive(L4_INVALID_CAP, L4_NEVER);
}
