/* SPDX-License-Identifier: BSD-2-Clause */
#include "boot/console.h"

#include <stdarg.h>
#include <x86/port.h>

enum {
    COM1 = 0x3f8,
    COM_DIVISOR_LOW = 0,
    COM_DIVISOR_HIGH = 1,
    COM_INTERRUPTS = 1,
    COM_FIFO = 2,
    COM_LINE = 3,
    COM_MODEM = 4,
    COM_STATUS = 5,
    STATUS_CAN_SEND = 0x20,
    SEND_TRIES = 1000000, /* a dead port must not keep the machine from booting */
    DEBUG_EXIT_PORT = 0xf4,
    DEBUG_EXIT_FAILURE = 1,
};

void console_init(void)
{
    out8(COM1 + COM_INTERRUPTS, 0);
    out8(COM1 + COM_LINE, 0x80);
    out8(COM1 + COM_DIVISOR_LOW, 1);
    out8(COM1 + COM_DIVISOR_HIGH, 0);
    out8(COM1 + COM_LINE, 0x03);
    out8(COM1 + COM_FIFO, 0x07);
    out8(COM1 + COM_MODEM, 0x03);
}

static void put_char(char c)
{
    for (int i = 0; i < SEND_TRIES && !(in8(COM1 + COM_STATUS) & STATUS_CAN_SEND); i++)
        ;
    out8(COM1, (uint8_t)c);
}

/* Control characters from a loader's strings must not break the one-line form. */
static void put_string(const char *s)
{
    for (; *s; s++)
        put_char(*s < ' ' || *s == 0x7f ? '?' : *s);
}

static void put_number(uint64_t value, unsigned base)
{
    char digits[24];
    unsigned n = 0;
    do {
        digits[n++] = "0123456789abcdef"[value % base];
        value /= base;
    } while (value);
    while (n)
        put_char(digits[--n]);
}

static void put_formatted(const char *f, va_list args)
{
    for (; *f; f++) {
        if (*f != '%') {
            put_char(*f);
            continue;
        }
        switch (*++f) {
        case 's':
            put_string(va_arg(args, const char *));
            break;
        case 'u':
            put_number(va_arg(args, uint64_t), 10);
            break;
        case 'x':
            put_string("0x");
            put_number(va_arg(args, uint64_t), 16);
            break;
        case '%':
            put_char('%');
            break;
        default:
            return;
        }
    }
}

static void put_line(const char *prefix, const char *format, va_list args)
{
    put_string(prefix);
    put_formatted(format, args);
    put_char('\r');
    put_char('\n');
}

void say(const char *format, ...)
{
    va_list args;
    va_start(args, format);
    put_line("bootstrap: ", format, args);
    va_end(args);
}

_Noreturn void stop(const char *format, ...)
{
    va_list args;
    va_start(args, format);
    put_line("bootstrap: stop: ", format, args);
    va_end(args);
    out8(DEBUG_EXIT_PORT, DEBUG_EXIT_FAILURE); /* ends QEMU; nobody listens elsewhere */
    for (;;)
        __asm__ volatile("cli; hlt");
}
