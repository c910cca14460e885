/* SPDX-License-Identifier: BSD-2-Clause */
#include "books.h"

#include <task/slots.h>

#include "idl/books.h"
#include "idl/names.h"
#include "ipc/slots.h"
#include "l4sys/log.h"
#include "report.h"
#include "request.h"
#include "server/rows.h"
#include "server/server.h"
#include "sigma0/client.h"
#include "task.h"

void books_print_own(FILE *to)
{
    static struct books_row rows[TASKS + 1];
    static char clients[TASKS][TASK_NAME + sizeof "/4294967295"];
    unsigned count = 0;

    for (unsigned i = 0; i < TASKS; i++) {
        const struct task *t = task_at(i);
        int state = atomic_load(&t->state);
        if (state == TASK_ENDED)
            rows[count++] = (struct books_row){"loader", "ended", 0, 1};
        if (state != TASK_STARTING && state != TASK_STARTED)
            continue;
        snprintf(clients[i], sizeof clients[i], "%s/%u", t->name, t->id);
        rows[count++] = (struct books_row){clients[i], "task", 1, 0};
    }
    rows[count++] = (struct books_row){"loader", "request", request_count(), 0};
    books_write(to, "loader", rows, count);
}

/** Asks one service; those that keep no books refuse, and that is no harm. */
static void print_of(const char *name)
{
    l4_cap_t service = slots_alloc();

    if (service && !server_query(name, 0, service))
        books_print(service);
    slots_release(service);
}

void books_print_all(const char *name)
{
    struct names_entry entries[4];
    uint32_t total = 1, count;

    report_line("books begin %s", name);
    l4_debugger_books(TASK_CAP_DEBUGGER);
    for (uint32_t first = 0; first < total; first += count) {
        if (names_list(TASK_CAP_NAMES, first, &total, entries, &count) < 0 || count == 0)
            break;
        for (uint32_t i = 0; i < count; i++)
            print_of(entries[i].name);
    }
    sigma0_dump(TASK_CAP_PAGER);
    report_line("books end %s", name);
}
