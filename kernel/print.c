/* SPDX-License-Identifier: BSD-2-Clause */
#include "print.h"
#include "x86_64/serial.h"

struct conversion {
    char pad;
    int width, precision;
    bool is_long;
};

static void print_char(char c)
{
    if (c == '\n')
        serial_write('\r');
    serial_write(c);
}

static void print_string(const char *s, const struct conversion *c)
{
    for (int i = 0; s[i] && (c->precision < 0 || i < c->precision); i++)
        print_char(s[i]);
}

static void print_number(uint64_t value, unsigned base, const struct conversion *c)
{
    char digits[20];
    int n = 0;
    do {
        digits[n++] = "0123456789abcdef"[value % base];
        value /= base;
    } while (value);
    for (int i = n; i < c->width; i++)
        print_char(c->pad);
    while (n > 0)
        print_char(digits[--n]);
}

static const char *parse(const char *p, struct conversion *c)
{
    *c = (struct conversion){.pad = ' ', .precision = -1};
    if (*p == '0')
        c->pad = *p++;
    while (*p >= '0' && *p <= '9')
        c->width = c->width * 10 + *p++ - '0';
    if (*p == '.')
        for (c->precision = 0, p++; *p >= '0' && *p <= '9'; p++)
            c->precision = c->precision * 10 + *p - '0';
    if (*p == 'l') {
        c->is_long = true;
        p++;
    }
    return p;
}

void vkprintf(const char *format, va_list args)
{
    struct conversion c;
    for (const char *p = format; *p; p++) {
        if (*p != '%') {
            print_char(*p);
            continue;
        }
        p = parse(p + 1, &c);
        if (*p == 's') {
            print_string(va_arg(args, const char *), &c);
        } else if (*p == 'c') {
            print_char((char)va_arg(args, int));
        } else if (*p == 'd') {
            int64_t v = c.is_long ? va_arg(args, int64_t) : va_arg(args, int);
            if (v < 0)
                print_char('-');
            print_number(v < 0 ? -(uint64_t)v : (uint64_t)v, 10, &c);
        } else if (*p == 'u' || *p == 'x') {
            uint64_t v = c.is_long ? va_arg(args, uint64_t) : va_arg(args, unsigned);
            print_number(v, *p == 'u' ? 10 : 16, &c);
        } else {
            print_char(*p);
        }
    }
}

void kprintf(const char *format, ...)
{
    va_list args;
    va_start(args, format);
    vkprintf(format, args);
    va_end(args);
}
