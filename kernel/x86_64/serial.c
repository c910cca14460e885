/* SPDX-License-Identifier: BSD-2-Clause */
#include "x86_64/io.h"
#include "x86_64/serial.h"

enum { COM1 = 0x3f8 };
enum { DATA = COM1, IER = COM1 + 1, FCR = COM1 + 2, LCR = COM1 + 3, MCR = COM1 + 4,
       LSR = COM1 + 5 };
enum { LSR_RECEIVED = 0x01, LSR_CAN_SEND = 0x20 };
enum { SEND_PATIENCE = 100000 }; /* no port at all must not stop the kernel */

void serial_init(void)
{
    outb(IER, 0);
    outb(LCR, 0x80); /* divisor 1: 115200 */
    outb(DATA, 1);
    outb(IER, 0);
    outb(LCR, 0x03);
    outb(FCR, 0x07);
    outb(MCR, 0x0b);
    outb(IER, 0x01);
}

void serial_write(char c)
{
    for (unsigned i = 0; i < SEND_PATIENCE && !(inb(LSR) & LSR_CAN_SEND); i++)
        ;
    outb(DATA, (uint8_t)c);
}

bool serial_is_there(void)
{
    return inb(LSR) != 0xff;
}

bool serial_read(char *c)
{
    if (!serial_is_there() || !(inb(LSR) & LSR_RECEIVED))
        return false;
    *c = (char)inb(DATA);
    return true;
}
