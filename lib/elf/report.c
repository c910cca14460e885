/* SPDX-License-Identifier: BSD-2-Clause */
#include "elf/part.h"
#include <stdarg.h>
#include <string.h>

void elf_report_init(struct elf_report *report, char *buffer, size_t size)
{
    *report = (struct elf_report){ .text = buffer, .size = size };
    buffer[0] = 0;
}

/** A line being written: goes to `text`, as long as there is room. */
struct line {
    char *text;
    size_t room, used;
    bool full;
};

static void put(struct line *line, char c)
{
    if (line->used < line->room)
        line->text[line->used++] = c;
    else
        line->full = true;
}

/** Names come from hostile files: nothing but printable characters gets through. */
static void put_string(struct line *line, const char *s)
{
    for (; *s && !line->full; s++)
        put(line, *s >= ' ' && *s <= '~' ? *s : '?');
}

static void put_number(struct line *line, uint64_t value, unsigned base)
{
    char digits[20];
    unsigned n = 0;
    do {
        digits[n++] = "0123456789abcdef"[value % base];
        value /= base;
    } while (value);
    while (n)
        put(line, digits[--n]);
}

static void put_format(struct line *line, const char *format, va_list arguments)
{
    for (const char *f = format; *f; f++) {
        if (*f != '%') {
            put(line, *f);
        } else if (f[1] == 's') {
            put_string(line, va_arg(arguments, const char *));
            f++;
        } else { /* %lu or %lx */
            put_number(line, va_arg(arguments, unsigned long), f[2] == 'x' ? 16 : 10);
            f += 2;
        }
    }
}

int elf_fail(struct elf_report *report, enum error error, const char *object,
             const char *format, ...)
{
    struct line line = { report->text + report->used, report->size - report->used - 1, 0, false };
    va_list arguments;

    put_string(&line, object);
    put_string(&line, ": ");
    va_start(arguments, format);
    put_format(&line, format, arguments);
    va_end(arguments);
    put(&line, '\n');

    report->findings++;
    if (line.full && report->used) {
        report->lost++; /* whole lines only, except that the first is better cut than lost */
        line.used = 0;
    }
    report->used += line.used;
    report->text[report->used] = 0;
    return -(int)error;
}
