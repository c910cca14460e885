/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdint.h>
#include <string.h>

#include <task/slots.h>

#include "../check.h"
#include "idl/rm.h"
#include "idl/ts_self.h"
#include "l4sys/log.h"
#include "l4sys/task.h"
#include "loader/loader.h"
#include "thread/self.h"

/*
 * S12: the pages of the start-up library were mapped before the task ran. This program takes its
 * written pages away; the region manager's thread, which works with them, gets them from the
 * backing pager. The main thread's faults there are the region manager's business, who does not
 * serve them, so the rest of the program uses nothing of libloader.so.
 */
static void say(const char *text)
{
    l4_log_write(TASK_CAP_LOG, text, strlen(text));
}

/* The written pages of libloader.so. */
static uint64_t page[64];
static unsigned pages;

static void find_pages(void)
{
    const struct task_table *table = task_objects();

    for (uint32_t i = 0; i < table->sections; i++) {
        const struct task_section *section = task_section(table, i);
        if (!(section->flags & TASK_SECTION_STARTUP) || !(section->flags & TASK_SECTION_WRITTEN))
            continue;
        uint64_t start = task_object_base(section->object) + section->offset;
        for (uint64_t at = 0; at < section->size && pages < 64; at += L4_PAGE_SIZE)
            page[pages++] = start + at;
    }
}

static void take_away(void)
{
    for (unsigned i = 0; i < pages; i++)
        l4_task_unmap(TASK_CAP_TASK, l4_fpage_mem(page[i], L4_PAGE_SHIFT, L4_FPAGE_RWX),
                      L4_UNMAP_ALL_SPACES);
}

/** Shows that they are gone for this thread: ends with a fault. */
static void touch_all(void)
{
    for (unsigned i = 0; i < pages; i++)
        (void)*(volatile char *)page[i];
    say("FAIL taken-away: all pages are there\n");
}

int main(int argc, char **argv)
{
    l4_cap_t gate = self()->gate;
    bool touch = argc > 1 && strcmp(argv[1], "touch") == 0;
    uint64_t start, size, dataspace, offset;
    uint32_t rights;

    find_pages();
    printf("%u pages taken away\n", pages);
    take_away();
    long error = rm_lookup(gate, (uint64_t)argv, false, &start, &size, &dataspace, &offset, &rights);
    if (error)
        say("FAIL served: the region manager does not answer\n");
    else
        say("ok served-by-the-backing-pager\n");
    if (touch)
        touch_all();
    ts_self_exit(TASK_CAP_TS, error ? 1 : 0);
    return 1;
}
