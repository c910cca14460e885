/* SPDX-License-Identifier: BSD-2-Clause */
#include "dump.h"
#include "frames.h"
#include "gate.h"
#include "print.h"
#include "string.h"
#include "thread.h"

/* Lines of the books in sorted order; kinds that are not slabs have one object for ever. */
static const char *const books_order[] = {"factory", "frame", "gate", "irq", "ku_mem", "mapping",
                                          "quota", "semaphore", "task", "thread"};

void dump_object(const char *what, const struct object *object)
{
    if (object && object->name[0])
        kprintf(" %s=%lu(%.16s)", what, object->id, object->name);
    else if (object)
        kprintf(" %s=%lu", what, object->id);
    else
        kprintf(" %s=-", what);
}

struct object *dump_find(uint64_t id)
{
    for (struct object *o = object_next(NULL); o; o = object_next(o))
        if (o->id == id)
            return o;
    return NULL;
}

static struct object *partner(const struct thread *t)
{
    if (t->state == THREAD_SENDING)
        return t->ipc.receiver ? &t->ipc.receiver->object : NULL;
    if (t->state == THREAD_RECEIVING && !(t->ipc.flags & L4_SYSF_OPEN_WAIT))
        return dump_find(t->ipc.partner);
    return NULL;
}

static const char *what_for(const struct thread *t)
{
    static const char *const kinds[] = {"", "/page-fault", "/exception", "", ""};
    bool waits = t->state == THREAD_SENDING || t->state == THREAD_RECEIVING;
    if (t->state == THREAD_RECEIVING && t->ipc.flags & L4_SYSF_OPEN_WAIT)
        return "/anybody";
    return waits ? kinds[t->ipc.kind] : "";
}

static struct object *pager(const struct thread *t)
{
    struct cap *cap = t->task ? task_cap(t->task, t->pager) : NULL;
    struct gate *gate = cap ? gate_of(cap->object) : NULL;
    if (gate && gate->thread)
        return &gate->thread->object;
    return cap ? cap->object : NULL;
}

void dump_thread(struct thread *t)
{
    kprintf("kdump: thread %lu \"%.16s\" %s%s", t->object.id, t->object.name, thread_state_name(t),
            what_for(t));
    dump_object("task", t->task ? &t->task->object : NULL);
    dump_object("partner", partner(t));
    dump_object("pager", pager(t));
    kprintf(" prio=%u ip=%lx sp=%lx", t->priority, t->regs.rip, t->regs.rsp);
    if (t->ipc.kind == IPC_PAGE_FAULT && t->state != THREAD_READY)
        kprintf(" fault=%lx", t->regs.fault_address);
    if (t->ipc.kind == IPC_EXCEPTION && t->state != THREAD_READY)
        kprintf(" trap=%lx", t->regs.trap);
    kprintf("%s\n", t == current ? " current" : "");
}

void dump_threads(void)
{
    for (struct object *o = object_next(NULL); o; o = object_next(o))
        if (o->type == &thread_type)
            dump_thread(container_of(o, struct thread, object));
    kprintf("kdump: end, %lu of %lu frames free\n", frames_unused(), frames_total());
}

static size_t slab_pages(void)
{
    size_t pages = 0;
    for (struct slab *s = slab_first(); s; s = s->next)
        pages += s->pages;
    return pages;
}

void dump_books(void)
{
    for (unsigned i = 0; i < ARRAY_SIZE(books_order); i++) {
        size_t count = 0, kept = 0; /* pages of slabs, which come and go late, count as kept */
        if (string_equal(books_order[i], "frame")) {
            kept = frames_unused() + slab_pages();
            count = frames_total() - kept;
        }
        for (struct slab *s = slab_first(); s; s = s->next)
            if (string_equal(s->name, books_order[i])) {
                count = s->objects;
                kept = s->pages;
            }
        kprintf("books kernel kernel %s %lu %lu\n", books_order[i], count, kept);
    }
}
