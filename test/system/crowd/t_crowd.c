/* SPDX-License-Identifier: BSD-2-Clause */
#include <string.h>

#include "../check.h"
#include "../opener.h"
#include "../service.h"
#include "idl/loader.h"
#include "idl/loader_control.h"
#include "l4sys/ipc.h"

enum { CLIENTS = 100 };

/** Has one program started, and waits for it. */
static int be_client(void)
{
    struct opened task;

    if (opened_open(&task, "member.cfg", "", 0) || !opened_wait(&task, 60))
        return 1;
    return task.code;
}

/** Runs long enough for all to run at the same time. */
static int be_member(void)
{
    l4_sleep_us(5000000);
    return 7;
}

/** Tasks that run now, all in all. */
static unsigned count_running(void)
{
    struct loader_task tasks[3];
    uint32_t n = 1;
    unsigned running = 0;

    for (uint32_t first = 0; n; first = n ? tasks[n - 1].id + 1 : 0) {
        if (loader_list(opened_loader(), first, tasks, &n))
            return 0;
        for (uint32_t i = 0; i < n; i++)
            running += tasks[i].state == LOADER_STATE_RUNNING;
    }
    return running;
}

static void open_all(struct opened *clients)
{
    unsigned stopped = 0;

    for (unsigned i = 0; i < CLIENTS; i++)
        stopped += opened_open(&clients[i], "client.cfg", "", LOADER_STOP_MAIN) == 0
                   && opened_stopped(&clients[i]);
    CHECK("clients-stopped", stopped == CLIENTS);
    for (unsigned i = 0; i < CLIENTS; i++)
        loader_control_cont(clients[i].control);
}

int main(int argc, char **argv)
{
    static struct opened clients[CLIENTS];
    unsigned most = 0, good = 0;

    if (argc > 1)
        return strcmp(argv[1], "client") == 0 ? be_client() : be_member();
    open_all(clients);
    for (unsigned i = 0; i < 100 && most < 2 * CLIENTS + 1; i++) {
        unsigned running = count_running();
        most = running > most ? running : most;
        l4_sleep_us(20000);
    }
    printf("at most %u tasks at a time\n", most);
    CHECK("all-run-together", most == 2 * CLIENTS + 1);
    for (unsigned i = 0; i < CLIENTS; i++) {
        good += opened_wait(&clients[i], 60) && clients[i].code == 7;
        opened_close(&clients[i]);
    }
    CHECK("all-codes-came", good == CLIENTS);
    return check_result();
}
