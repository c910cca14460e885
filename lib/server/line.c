/* SPDX-License-Identifier: BSD-2-Clause */
/* In a file of its own: log, which shows its lines itself, defines it differently. */
#include <string.h>
#include <task/slots.h>

#include "l4sys/log.h"
#include "libc/server/server.h"
#include "server/server.h"

/** A line to log; to the kernel console with a '*' before it as long as there is no session. */
void libc_write_line(const char *text, size_t size)
{
    static bool inside; /* of a line that came in pieces */
    char marked[L4_LOG_WRITE_MAX];

    if (server_has_log || inside || size >= sizeof(marked)) {
        l4_log_write(TASK_CAP_LOG, text, size);
    } else {
        marked[0] = '*';
        memcpy(marked + 1, text, size);
        l4_log_write(TASK_CAP_LOG, marked, size + 1);
    }
    inside = size > 0 && text[size - 1] != '\n';
}
