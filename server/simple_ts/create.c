/* SPDX-License-Identifier: BSD-2-Clause */
#include "errors/errors.h"
#include "gates.h"
#include "idl/ts.h"
#include "ipc/ipc.h"
#include "server/books.h"
#include "tasks.h"

static struct ts_tasks tasks;

/* What the caller gets. It holds no D: only we can delete what we have made. */
struct outs {
    uint32_t *id;
    struct ipc_cap_out *task, *factory, *thread, *scheduler, *self, *control;
};

static void hand_out(struct ipc_call *call, const struct ts_task *task, const struct outs *out)
{
    *out->id = task->id;
    ipc_slot_out(task->task, L4_CAP_RWS, out->task);
    ipc_slot_out(task->factory, L4_CAP_RWS, out->factory);
    ipc_slot_out(task->thread, L4_CAP_RWS, out->thread);
    ipc_gate_out(call, gate_scheduler(task), L4_CAP_RWS, out->scheduler);
    ipc_gate_out(call, gate_self(task), L4_CAP_RW, out->self);
    ipc_gate_out(call, gate_control(task), L4_CAP_RW, out->control);
}

static long make(struct ipc_call *call, const struct ts_wish *wish, l4_cap_t irq,
                 struct ts_task **task)
{
    long result = task_make(&tasks, wish, irq, task);

    if (result < 0)
        return result;
    result = gates_make(call->server, *task);
    if (result < 0) {
        (*task)->exit_irq = 0; /* stays the caller's, who hears of it by the error */
        task_forget(*task);
    }
    return result;
}

static long op_create(struct ipc_call *call, const char *name, uint64_t quota, uint32_t mcp,
                      struct ipc_cap_in *exit_irq, uint32_t *id, struct ipc_cap_out *task,
                      struct ipc_cap_out *factory, struct ipc_cap_out *thread,
                      struct ipc_cap_out *scheduler, struct ipc_cap_out *self,
                      struct ipc_cap_out *control)
{
    const struct ts_wish wish = {name, quota, mcp};
    const struct outs out = {id, task, factory, thread, scheduler, self, control};
    struct ts_task *new = NULL;
    l4_cap_t irq;
    long result;

    if (!(call->rights & L4_CAP_S))
        return -ERR_EPERM;
    result = ipc_take_cap(call, exit_irq, &irq);
    if (result < 0)
        return result;
    result = make(call, &wish, irq, &new);
    if (result < 0)
        slots_release(irq);
    else
        hand_out(call, new, &out);
    return result;
}

static void print_books(FILE *to)
{
    tasks_books(&tasks, to);
}

static const struct ts_ops base_ops = {.create = op_create};
static const struct service base = {ts_dispatch, &base_ops, print_books};

const struct ipc_kind ts_base_kind = {.name = "base", .dispatch = service_dispatch, .ops = &base};
