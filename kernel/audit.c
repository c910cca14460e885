/* SPDX-License-Identifier: BSD-2-Clause */
#include "audit.h"
#include "gate.h"
#include "irq.h"
#include "print.h"
#include "scheduler.h"
#include "semaphore.h"
#include "thread.h"

enum { WRONG_LINES = 10 };

static unsigned wrong;

void audit_rule(bool holds, const char *what, uint64_t number)
{
    if (!holds && wrong++ < WRONG_LINES)
        kprintf("audit: WRONG %s %lx\n", what, number);
}

static bool is_linked(const struct list *node)
{
    return node->next->prev == node && node->prev->next == node;
}

static size_t audit_object(struct object *object)
{
    size_t caps = 0, counting = 0;
    struct cap *cap;
    list_for_each(cap, &object->caps, in_object) {
        audit_rule(cap->object == object && is_linked(&cap->in_object), "capability of object",
                   object->id);
        audit_rule(!(cap->rights & ~CAP_RIGHTS) && !(cap->attributes & ~CAP_ATTRIBUTES),
                   "capability with unknown rights, object", object->id);
        counting += !cap->weak;
        caps++;
    }
    audit_rule(object->pins > 0 || !list_empty(&object->doomed), "unpinned object", object->id);
    audit_rule(object->dead || object->counted <= counting, "count of object", object->id);
    bool doomed = !list_empty(&object->doomed);
    audit_rule(!object->dead || caps == 0 || doomed, "capability of the dead object", object->id);
    audit_rule(object->dead || object->counted > 0 || caps > 0 || !object->type->slab,
               "unreachable object", object->id);
    audit_rule(is_linked(&object->all) && is_linked(&object->doomed), "lists of object",
               object->id);
    audit_rule(!doomed || object->dead || object->type == &thread_type, "doomed object",
               object->id);
    return object->dead ? 0 : caps;
}

static size_t audit_table(struct task *task)
{
    size_t caps = 0;
    for (uint64_t i = cap_next(&task->caps, 0, L4_CAP_SLOTS); i < L4_CAP_SLOTS;
         i = cap_next(&task->caps, i + 1, L4_CAP_SLOTS), caps++) {
        struct cap *cap = cap_lookup(&task->caps, i);
        audit_rule(!cap->object->dead && is_linked(&cap->in_object), "slot", i);
    }
    audit_rule(!task->object.dead || caps == 0 || !list_empty(&task->object.doomed),
               "table of the dead task", task->object.id);
    return caps;
}

static void audit_slot(const struct reply_slot *slot)
{
    const struct thread *t = slot->caller;
    audit_rule(!t || t->ipc.held_in == slot, "caller in a reply slot, thread",
               t ? t->object.id : 0);
}

static void audit_replies(struct reply_table *table)
{
    for (uint64_t i = 0; i < L4_REPLY_SLOTS; i += REPLY_SLOTS_PER_PAGE) {
        const struct reply_slot *page = reply_lookup(table, i, false);
        for (unsigned j = 0; page && j < REPLY_SLOTS_PER_PAGE; j++)
            audit_slot(&page[j]);
    }
}

static void audit_semaphore(struct semaphore *s)
{
    struct thread *t;
    list_for_each(t, &s->waiting, waiting)
        audit_rule(t->state == THREAD_DOWN && s->counter == 0, "semaphore", s->object.id);
}

/* @receiver: NULL for a gate's queue. */
static void audit_senders(struct list *queue, const struct thread *receiver)
{
    struct sender *s;
    unsigned priority = SCHEDULER_MAX_PRIORITY;
    list_for_each(s, queue, node) {
        audit_rule(s->priority <= priority, "order of senders, id", s->id);
        priority = s->priority;
        if (s->is_irq) {
            audit_rule(container_of(s, struct irq, sender)->thread == receiver, "IRQ", s->id);
            continue;
        }
        struct thread *t = container_of(s, struct thread, ipc.sender);
        audit_rule(t->state == THREAD_SENDING && t->ipc.receiver == receiver
                       && t->object.id == s->id, "sender", s->id);
    }
}

static void audit_gate(struct gate *gate)
{
    audit_rule(!(gate->label & 3), "label of gate", gate->object.id);
    audit_rule(!gate->thread || list_empty(&gate->senders), "queue of gate", gate->object.id);
    audit_rule(!gate->thread == list_empty(&gate->of_thread), "thread of gate", gate->object.id);
    audit_senders(&gate->senders, NULL);
}

static void audit_irq(struct irq *irq)
{
    bool queued = !list_empty(&irq->sender.node);
    audit_rule(!irq->thread == list_empty(&irq->of_thread), "thread of IRQ", irq->object.id);
    audit_rule(irq->thread || !queued, "queue of IRQ", irq->object.id);
    audit_rule(!irq->pin || irq->pin->object == &irq->object, "pin of IRQ", irq->object.id);
}

/* What the area says is the task's own business. */
static void audit_mode(struct thread *t)
{
    const struct vcpu *v = &t->vcpu;
    bool user = t->mode & MODE_VCPU_USER, trapped = t->mode & MODE_TRAPPED;
    uint64_t id = t->object.id;
    audit_rule(t->here == (user ? v->user_task : t->task), "address space of thread", id);
    audit_rule(trapped == (t->todo & TODO_TRAPPED) / TODO_TRAPPED || t->state == THREAD_DEAD,
               "trapped thread", id);
    audit_rule(!v->user_task || (v->user_task->object.type == &task_type
                                 && v->user_task->object.pins > 0), "user task of thread", id);
    if (t->mode & MODE_VCPU)
        audit_rule(v->area == task_ku_address(t->task, (uaddr_t){v->address}, sizeof *v->area),
                   "state area of thread", id);
    audit_rule(t->ipc.kind == IPC_SYSCALL || t->state != THREAD_READY || t->todo,
               "what the kernel does for thread", id);
}

static void audit_thread(struct thread *t)
{
    const struct ipc *m = &t->ipc;
    bool waits = t->state == THREAD_SENDING || t->state == THREAD_RECEIVING
                 || t->state == THREAD_DOWN;
    bool closed = (m->flags & L4_SYSF_RECV) && !(m->flags & L4_SYSF_OPEN_WAIT);
    uint64_t id = t->object.id;
    audit_rule(scheduler_knows(t), "readiness of thread", id);
    audit_rule((t->state == THREAD_SENDING) != list_empty(&m->sender.node), "queue of thread", id);
    audit_rule((t->state == THREAD_DOWN) != list_empty(&t->waiting), "semaphore of thread", id);
    audit_rule(waits || list_empty(&t->timeout.node), "time-out of thread", id);
    audit_rule(!m->held_in || (t->state == THREAD_RECEIVING && closed), "call of thread", id);
    audit_rule(!m->held_in || m->held_in->caller == t, "reply slot of thread", id);
    audit_rule(t->state == THREAD_STOPPED || t->state == THREAD_DEAD || t->task,
               "task of thread", id);
    audit_mode(t);
    audit_slot(&t->reply);
    audit_senders(&t->senders, t);
}

size_t audit_threads(void)
{
    size_t threads = 0;
    for (struct object *o = object_next(NULL); o; o = object_next(o)) {
        if (o->type == &thread_type) {
            audit_thread(container_of(o, struct thread, object));
            threads++;
        } else if (o->type == &gate_type) {
            audit_gate(gate_of(o));
        } else if (o->type == &irq_type) {
            audit_irq(container_of(o, struct irq, object));
        } else if (o->type == &semaphore_type) {
            audit_semaphore(container_of(o, struct semaphore, object));
        }
    }
    audit_rule(scheduler_is_sound(), "ready lists", 0);
    return threads;
}

bool audit(void)
{
    size_t objects = 0, caps = 0, slots = 0;
    wrong = 0;
    for (struct object *o = object_next(NULL); o; o = object_next(o), objects++) {
        caps += audit_object(o);
        if (o->type != &task_type)
            continue;
        struct task *task = container_of(o, struct task, object);
        slots += audit_table(task);
        audit_replies(&task->replies);
    }
    audit_rule(caps == slots, "number of capabilities", caps);
    size_t threads = audit_threads(), mappings = audit_memory();
    if (wrong)
        kprintf("audit: WRONG in %u places\n", wrong);
    else
        kprintf("audit: ok, %lu objects, %lu capabilities, %lu threads, %lu mappings\n", objects,
                caps, threads, mappings);
    return wrong == 0;
}
