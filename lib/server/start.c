/* SPDX-License-Identifier: BSD-2-Clause */
/* In a file of its own, so that log and names can define theirs. */
#include "server/server.h"

void server_start(void)
{
    server_init_slots();
    server_open_log();
    server_open_names();
}
