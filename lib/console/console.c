/* SPDX-License-Identifier: BSD-2-Clause */
#include "console/console.h"

#include "l4sys/log.h"
#include "string/format.h"

void say(const char *text, ...)
{
    char line[320];
    size_t used = format(line, sizeof line - 1, "%s: ", console_name);
    va_list list;

    va_start(list, text);
    used += format_list(line + used, sizeof line - 1 - used, text, list);
    va_end(list);
    line[used++] = '\n';
    l4_log_write(L4_BASE_LOG_CAP, line, used);
}
