/* SPDX-License-Identifier: BSD-2-Clause */
#include <string.h>

#include <task/slots.h>

#include "fuzz.h"
#include "l4sys/factory.h"
#include "l4sys/task.h"

/* The capabilities that are sent, and those that come back. */

enum { OWN_SILENT, OWN_DYING, OWN_TASK, OWN_IRQ, OWN_SEMAPHORE, OWN_FACTORY, OWN_EMPTY, OWN_COUNT };

#define GATE_LABEL 0xf0000000ull

l4_cap_t fuzz_slot(const struct fuzz *f, unsigned index)
{
    return TASK_CAP(FUZZ_SLOTS + f->thread * FUZZ_STRIDE + index);
}

static l4_cap_t own(const struct fuzz *f, unsigned which)
{
    return fuzz_slot(f, FUZZ_OWN + which);
}

void fuzz_add(struct fuzz *f, const char *interface, l4_cap_t gate)
{
    f->targets[f->target_count++] = (struct fuzz_target){interface, gate, false};
}

void fuzz_prepare(struct fuzz *f)
{
    l4_factory_create_gate(TASK_CAP_FACTORY, own(f, OWN_SILENT), TASK_CAP_THREAD, GATE_LABEL);
    l4_factory_create_gate(TASK_CAP_FACTORY, own(f, OWN_DYING), TASK_CAP_THREAD, GATE_LABEL);
    l4_factory_create_task(TASK_CAP_FACTORY, own(f, OWN_TASK), (l4_fpage_t){0});
    l4_factory_create_irq(TASK_CAP_FACTORY, own(f, OWN_IRQ));
    l4_factory_create_semaphore(TASK_CAP_FACTORY, own(f, OWN_SEMAPHORE));
    l4_factory_create_factory(TASK_CAP_FACTORY, own(f, OWN_FACTORY), 8192);
}

static l4_cap_t any_cap(struct fuzz *f)
{
    static const l4_cap_t usual[] = {TASK_CAP_TASK,   TASK_CAP_FACTORY,   TASK_CAP_THREAD,
                                     TASK_CAP_PAGER,  TASK_CAP_LOG,       TASK_CAP_NAMES,
                                     TASK_CAP_DM,     TASK_CAP_SCHEDULER, TASK_CAP_DEBUGGER};

    if (fuzz_rarely(f, 2))
        return own(f, fuzz_below(f, OWN_COUNT));
    if (fuzz_rarely(f, 2))
        return usual[fuzz_below(f, sizeof usual / sizeof usual[0])];
    return f->targets[fuzz_below(f, f->target_count)].gate;
}

/** One of the targets with @interface; 0 if there is none. */
static l4_cap_t find(struct fuzz *f, const char *interface)
{
    unsigned start = fuzz_below(f, f->target_count);

    for (unsigned i = 0; i < f->target_count; i++) {
        const struct fuzz_target *t = &f->targets[(start + i) % f->target_count];
        if (strcmp(t->interface, interface) == 0)
            return t->gate;
    }
    return 0;
}

/* What a parameter called so is for. */
static const struct {
    const char *parameter, *interface;
} meaning[] = {
    {"dm", "dm"},           {"source", "dataspace"},    {"target", "dataspace"},
    {"dataspace", "dataspace"}, {"table", "dataspace"}, {"placement", "dataspace"},
    {"fprov", "fprov"},     {"image", "dataspace"},
};

l4_cap_t fuzz_cap(struct fuzz *f, const char *name, bool wrong)
{
    l4_cap_t cap = 0;

    if (fuzz_rarely(f, 16)) { /* a partner that dies while others have it */
        l4_cap_delete(own(f, OWN_DYING));
        l4_factory_create_gate(TASK_CAP_FACTORY, own(f, OWN_DYING), TASK_CAP_THREAD, GATE_LABEL);
    }
    /* exec waits for the managers that loaders give it: that is what S on its gate means. */
    bool trusted = f->careful && (strcmp(name, "dm") == 0 || strcmp(name, "table") == 0);
    if (wrong && !trusted)
        return any_cap(f);
    if (strcmp(name, "exit_irq") == 0)
        return own(f, OWN_IRQ);
    for (unsigned i = 0; i < sizeof meaning / sizeof meaning[0] && !cap; i++)
        if (strcmp(meaning[i].parameter, name) == 0)
            cap = find(f, meaning[i].interface);
    return cap ? cap : own(f, trusted ? OWN_IRQ : OWN_SILENT);
}

/** Which interface the out capability @name of @interface speaks; null: not one to send to. */
static const char *spoken(const struct ipc_interface *interface, const char *name)
{
    if (strcmp(name, "session") == 0)
        return strcmp(interface->name, "log") == 0 ? "log_session" : interface->name;
    if (strcmp(name, "dataspace") == 0 || strcmp(name, "written") == 0)
        return "dataspace";
    if (strcmp(name, "opening") == 0)
        return "loader_opening";
    if (strcmp(name, "self") == 0)
        return "ts_self";
    if (strcmp(name, "control") == 0)
        return strcmp(interface->name, "ts") == 0 ? "ts_control" : "loader_control";
    if (strcmp(name, "task") == 0 && strcmp(interface->name, "exec") == 0)
        return "exec_task";
    return NULL;
}

/** The capability in receive slot @received becomes a target, instead of another one. */
static void keep(struct fuzz *f, const char *interface, unsigned received)
{
    unsigned i = f->target_count;

    if (i == FUZZ_TARGETS)
        i = fuzz_below(f, FUZZ_TARGETS);
    if (i < f->target_count && !f->targets[i].got)
        return;
    l4_cap_t slot = fuzz_slot(f, FUZZ_POOL + i);
    l4_cap_release(slot);
    if (l4_task_map_cap(TASK_CAP_TASK, fuzz_slot(f, FUZZ_RECEIVE + received), slot, L4_CAP_RWS))
        return;
    f->targets[i] = (struct fuzz_target){interface, slot, true};
    f->target_count += i == f->target_count;
}

void fuzz_take(struct fuzz *f, const struct ipc_interface *interface,
               const struct ipc_operation *operation)
{
    unsigned received = 0;

    for (unsigned i = 0; i < operation->field_count; i++) {
        const struct ipc_field *field = &operation->fields[i];
        if (!field->out || field->kind != IPC_FIELD_CAP)
            continue;
        const char *what = spoken(interface, field->name);
        if (what && !fuzz_rarely(f, 3) && l4_cap_valid(fuzz_slot(f, FUZZ_RECEIVE + received)))
            keep(f, what, received);
        received++;
    }
}

void fuzz_drop_received(struct fuzz *f)
{
    l4_task_unmap(TASK_CAP_TASK, l4_fpage_obj(fuzz_slot(f, FUZZ_RECEIVE), 8, L4_CAP_RWSD),
                  L4_UNMAP_ALL_SPACES);
    l4_task_unmap(TASK_CAP_TASK, l4_fpage_mem(f->window, FUZZ_WINDOW_ORDER, L4_FPAGE_RWX),
                  L4_UNMAP_ALL_SPACES);
}

void fuzz_finish(struct fuzz *f)
{
    fuzz_drop_received(f);
    for (unsigned i = 0; i < FUZZ_TARGETS; i++)
        l4_cap_release(fuzz_slot(f, FUZZ_POOL + i));
    for (unsigned i = 0; i < OWN_COUNT; i++) {
        l4_cap_delete(own(f, i));
        l4_cap_release(own(f, i));
    }
}
