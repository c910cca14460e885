/* SPDX-License-Identifier: BSD-2-Clause */
#include "string/format.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

struct output {
    char *to;
    size_t used, size;
};

/** What stands between % and the conversion letter. */
struct directive {
    bool zero, left, is_long;
    unsigned width;
};

static void put(struct output *out, char c)
{
    if (out->used + 1 < out->size)
        out->to[out->used++] = c;
}

static void pad(struct output *out, char c, size_t length, unsigned width)
{
    for (; length < width; length++)
        put(out, c);
}

static void put_text(struct output *out, const struct directive *d, const char *text)
{
    size_t length;

    if (!text)
        text = "(null)";
    length = strlen(text);
    if (!d->left)
        pad(out, ' ', length, d->width);
    for (size_t i = 0; i < length; i++)
        put(out, text[i]);
    if (d->left)
        pad(out, ' ', length, d->width);
}

static void put_number(struct output *out, const struct directive *d, uint64_t value, char kind)
{
    char digits[24];
    unsigned base = kind == 'x' ? 16 : 10, at = sizeof digits;
    bool negative = kind == 'd' && (int64_t)value < 0;

    if (negative)
        value = -value;
    digits[--at] = 0;
    do {
        digits[--at] = "0123456789abcdef"[value % base];
        value /= base;
    } while (value);
    if (negative && d->zero)
        put(out, '-');
    else if (negative)
        digits[--at] = '-';
    if (d->zero)
        pad(out, '0', sizeof digits - 1 - at + (negative ? 1 : 0), d->width);
    put_text(out, &(struct directive){.left = d->left, .width = d->zero ? 0 : d->width},
             digits + at);
}

static const char *read_directive(const char *text, struct directive *d)
{
    *d = (struct directive){0};
    for (; *text == '0' || *text == '-'; text++)
        *(*text == '0' ? &d->zero : &d->left) = true;
    for (; *text >= '0' && *text <= '9'; text++)
        d->width = d->width * 10 + (unsigned)(*text - '0');
    for (; *text == 'l' || *text == 'z'; text++)
        d->is_long = true;
    return text;
}

size_t format_list(char *to, size_t size, const char *text, va_list list)
{
    struct output out = {to, 0, size};
    struct directive d;

    for (; *text; text++) {
        if (*text != '%') {
            put(&out, *text);
            continue;
        }
        text = read_directive(text + 1, &d);
        if (!*text)
            break;
        if (*text == 's')
            put_text(&out, &d, va_arg(list, const char *));
        else if (*text == 'c')
            put(&out, (char)va_arg(list, int));
        else if (*text == 'd')
            put_number(&out, &d,
                       (uint64_t)(d.is_long ? va_arg(list, long) : va_arg(list, int)), *text);
        else if (*text == 'u' || *text == 'x')
            put_number(&out, &d, d.is_long ? va_arg(list, unsigned long)
                                           : va_arg(list, unsigned), *text);
        else
            put(&out, *text);
    }
    to[out.used] = 0;
    return out.used;
}

size_t format(char *to, size_t size, const char *text, ...)
{
    va_list list;
    va_start(list, text);
    size_t used = format_list(to, size, text, list);
    va_end(list);
    return used;
}
