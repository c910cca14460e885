/* SPDX-License-Identifier: BSD-2-Clause */
/* All objects as records for a program (debugger object, request 0x110). */
#include <l4/ops.h>

#include "debugger.h"
#include "factory.h"
#include "gate.h"
#include "icu.h"
#include "irq.h"
#include "log.h"
#include "scheduler.h"
#include "semaphore.h"
#include "string.h"
#include "thread.h"

/* Thread: state, ..., id of its task. Gate: label, id of its thread. Factory: used, limit. */
struct record {
    uint64_t type : 5, id : 59;
    uint64_t pointer; /* always 0 */
    uint64_t counted;
    uint64_t words[5];
};
_Static_assert(sizeof(struct record) == L4_DBG_OBJECT_SIZE, "ABI 7.10");

static unsigned type_number(const struct object *o)
{
    static const struct object_type *const types[] = {
        NULL, &thread_type, &task_type, NULL, &gate_type, &irq_type, &semaphore_type,
        &factory_type, &debugger_type, &scheduler_type, &log_type, &icu_type};
    unsigned i = ARRAY_SIZE(types) - 1;
    while (i > 0 && types[i] != o->type)
        i--;
    return i;
}

static void describe(struct object *o, struct record *r)
{
    memset(r, 0, sizeof *r);
    r->type = type_number(o);
    r->id = o->id;
    r->counted = o->counted;
    const struct gate *gate = gate_of(o);
    const struct quota *own = factory_own(o);
    if (o->type == &thread_type) {
        const struct thread *t = container_of(o, struct thread, object);
        r->words[0] = (t == current) << 8 | (t->state == THREAD_READY) << 16;
        r->words[3] = t->task ? t->task->object.id : 0;
    } else if (gate) {
        r->words[0] = gate->label;
        r->words[1] = gate->thread ? gate->thread->object.id : 0;
    } else if (own) {
        r->words[0] = own->used;
        r->words[1] = own->limit;
    }
}

uint64_t debugger_list(void *buffer, uint64_t size, uint64_t skip, uint64_t *total)
{
    uint64_t stored = 0;
    struct record *records = buffer;
    *total = 0;
    for (struct object *o = object_next(NULL); o; o = object_next(o))
        if ((*total)++ >= skip && stored < size / sizeof *records)
            describe(o, &records[stored++]);
    return stored;
}
