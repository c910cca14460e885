/* SPDX-License-Identifier: BSD-2-Clause */
#include <x86/port.h>

#include "x86_64/serial.h"

enum { COM1 = 0x3f8 };
enum { DATA = COM1, IER = COM1 + 1, FCR = COM1 + 2, LCR = COM1 + 3, MCR = COM1 + 4,
       LSR = COM1 + 5 };
enum { LSR_RECEIVED = 0x01, LSR_CAN_SEND = 0x20 };
/* Whoever reads may be slow; a broken port must not stop the kernel. */
enum { SEND_PATIENCE = 2000000 };

void serial_init(void)
{
    out8(IER, 0);
    out8(LCR, 0x80); /* divisor 1: 115200 */
    out8(DATA, 1);
    out8(IER, 0);
    out8(LCR, 0x03);
    out8(FCR, 0x07);
    out8(MCR, 0x0b);
    out8(IER, 0x01);
}

void serial_write(char c)
{
    for (unsigned i = 0; i < SEND_PATIENCE && !(in8(LSR) & LSR_CAN_SEND); i++)
        ;
    out8(DATA, (uint8_t)c);
}

bool serial_is_there(void)
{
    return in8(LSR) != 0xff;
}

bool serial_read(char *c)
{
    if (!serial_is_there() || !(in8(LSR) & LSR_RECEIVED))
        return false;
    *c = (char)in8(DATA);
    return true;
}
