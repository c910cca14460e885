/* SPDX-License-Identifier: BSD-2-Clause */
#include "tasks.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <task/slots.h>

#include "errors/errors.h"
#include "idl/loader.h"
#include "idl/loader_control.h"
#include "idl/loader_opening.h"
#include "idl/loader_task.h"
#include "loader/loader.h"

enum { HELD = 64 };

static struct {
    uint32_t id;
    l4_cap_t control;
} held[HELD];
static unsigned held_count;
static uint32_t last;

l4_cap_t tasks_loader(void)
{
    return TASK_CAP_LOADER; /* our own gate: what is asked for there counts for us alone */
}

static void keep(uint32_t id, l4_cap_t control)
{
    if (held_count == HELD) /* the oldest is given back */
        tasks_forget(held[0].id);
    held[held_count].id = id;
    held[held_count++].control = control;
}

/** Prints the loader's report of a failed start. */
static void print_text(l4_cap_t opening)
{
    char text[401];

    for (uint32_t offset = 0;; offset += (uint32_t)strlen(text)) {
        if (loader_opening_text(opening, offset, text) < 0 || !text[0])
            return;
        fputs(text, stdout);
    }
}

static long take_tasks(l4_cap_t opening, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        l4_cap_t control = task_slot();
        uint32_t id;
        long error = loader_opening_task(opening, i, &id, control);
        if (error < 0) {
            task_slot_release(control);
            return error;
        }
        keep(id, control);
        last = id;
    }
    return 0;
}

long tasks_open(const char *name, const char *args, uint32_t flags, uint32_t *id)
{
    l4_cap_t opening = task_slot();
    uint32_t count = 0;
    int32_t result = 0;
    long error = loader_open(tasks_loader(), name, args, flags, opening);

    if (!error)
        error = loader_opening_result(opening, &result, &count);
    if (!error)
        error = take_tasks(opening, count);
    if (!error && result < 0) {
        print_text(opening);
        error = result;
    }
    task_slot_release(opening);
    if (error < 0)
        printf("%s: %s (%ld)\n", name, error_text(error), error);
    *id = last;
    return error;
}

l4_cap_t tasks_control(uint32_t id)
{
    for (unsigned i = 0; i < held_count; i++)
        if (held[i].id == id)
            return held[i].control;
    l4_cap_t control = task_slot();
    long error = loader_task_control(TASK_CAP_LOADER, id, control);
    if (error < 0) {
        printf("task %u: %s (%ld)\n", id, error_text(error), error);
        task_slot_release(control);
        return 0;
    }
    keep(id, control);
    return control;
}

void tasks_forget(uint32_t id)
{
    for (unsigned i = 0; i < held_count; i++)
        if (held[i].id == id) {
            task_slot_release(held[i].control);
            held_count--;
            memmove(&held[i], &held[i + 1], (held_count - i) * sizeof held[0]);
            return;
        }
}

bool tasks_ended(uint32_t state)
{
    return state == LOADER_STATE_EXITED || state == LOADER_STATE_KILLED
           || state == LOADER_STATE_FAULT;
}

void tasks_tidy(void)
{
    for (unsigned i = held_count; i-- > 0;) {
        uint32_t id, state = LOADER_STATE_KILLED;
        int32_t code;
        long error = loader_control_info(held[i].control, &id, &state, &code);
        if (error < 0 || tasks_ended(state))
            tasks_forget(held[i].id);
    }
}

uint32_t tasks_number(const char *text)
{
    return strcmp(text, "last") == 0 ? last : (uint32_t)strtoul(text, NULL, 0);
}
