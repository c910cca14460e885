/* SPDX-License-Identifier: BSD-2-Clause */
/* How threads end, and who does what they leave undone. */
#include "gate.h"
#include "irq.h"
#include "print.h"
#include "scheduler.h"
#include "thread.h"

enum { COST_TIE = 40 };

/* Reaps what a thread has left that was destroyed while it ran itself. */
static struct thread heir = {
    .object.name = "heir",
    .priority = 1,
    .slice_us = SCHEDULER_QUANTUM_US,
    .quantum_us = SCHEDULER_QUANTUM_US,
    .ready = {&heir.ready, &heir.ready},
    .doomed = {&heir.doomed, &heir.doomed},
};

__attribute__((noinline))
struct list *thread_doomed(void)
{
    struct thread *t = scheduler_running();
    if (!t) {
        t = &heir;
        if (current && current->priority > t->priority)
            scheduler_set_priority(t, current->priority);
        thread_wake(t, false);
    }
    t->todo |= TODO_REAP;
    return &t->doomed;
}

void thread_stop(struct object *object)
{
    struct thread *t = container_of(object, struct thread, object);
    if (t->state == THREAD_DEAD)
        return;
    ipc_thread_stops(t);
    thread_block(t, THREAD_DEAD);
    if (!list_empty(&t->doomed))
        list_move_all(thread_doomed(), &t->doomed);
}

static void leave_task(struct thread *t)
{
    struct task *task = t->task;
    if (!task)
        return;
    if (task->threads == 1)
        reply_table_clear(&task->replies);
    t->utcb->free_marker = 0;
    t->task = t->here = NULL;
    task->threads--;
    object_unpin(&task->object);
}

/* What it was unmapping goes first. */
void thread_destroy(struct object *object)
{
    struct thread *t = container_of(object, struct thread, object);
    if (t->todo & TODO_WORK && t->work.kind == WORK_UNMAP)
        task_unmap_rest(t);
    mapping_unmap_rest(&t->work.unmapping);
    while (!list_empty(&t->irqs)) {
        irq_unbind(list_first(&t->irqs, struct irq, of_thread));
        work_pause(COST_TIE);
    }
    while (!list_empty(&t->gates)) {
        gate_orphan(list_first(&t->gates, struct gate, of_thread));
        work_pause(COST_TIE);
    }
    ipc_thread_dies(t);
    if (t->deletion_irq)
        object_unpin(t->deletion_irq);
    t->deletion_irq = NULL;
    if (current == t)
        current = NULL;
    vcpu_end(t);
    leave_task(t);
}

void thread_die(struct thread *t)
{
    thread_stop(&t->object);
    if (list_empty(&t->object.doomed))
        list_append(thread_doomed(), &t->object.doomed);
}

void thread_condemn(struct thread *t, const char *why)
{
    kprintf("kernel: thread %lu \"%.16s\" killed: %s, ip %lx\n", t->object.id, t->object.name, why,
            t->regs.rip);
    thread_die(t);
}

void thread_reap(struct thread *t)
{
    object_reap(&t->doomed);
    t->todo &= (uint8_t)~TODO_REAP;
    if (t != &heir)
        return;
    thread_block(t, THREAD_STOPPED);
    t->priority = 1;
}
