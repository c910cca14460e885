/* SPDX-License-Identifier: BSD-2-Clause */
#include "module.h"

#include <task/slots.h>

#include "idl/root.h"
#include "l4sys/log.h"
#include "string/format.h"

void say(const char *text, ...)
{
    char line[160];
    va_list list;

    va_start(list, text);
    size_t used = format_list(line, sizeof line - 1, text, list);
    va_end(list);
    line[used++] = '\n';
    l4_log_write(TASK_CAP_LOG, line, used);
}

void end(int code)
{
    long error = root_shutdown(TASK_CAP_PAGER, code);
    say("end: %ld", error);
}
