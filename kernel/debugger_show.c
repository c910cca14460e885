/* SPDX-License-Identifier: BSD-2-Clause */
#include "debugger.h"
#include "debugger_show.h"
#include "dump.h"
#include "factory.h"
#include "frames.h"
#include "gate.h"
#include "mapping.h"
#include "print.h"
#include "scheduler.h"
#include "thread.h"

static void print_rights(unsigned rights)
{
    kprintf(" rights=r%c%c", rights & L4_FPAGE_W ? 'w' : '-', rights & L4_FPAGE_X ? 'x' : '-');
}

static struct task *task_of(struct object *o)
{
    return container_of(o, struct task, object);
}

/* A page of some space; `mapping` is NULL for ku_mem. */
struct place {
    uint64_t va;
    struct page page;
    const struct mapping *mapping;
};

/* The first present page at or behind @va; its va is USER_END if there is none. */
static struct place next_page(struct space *space, uint64_t va)
{
    struct slot slot;
    if (!space->root)
        return (struct place){.va = USER_END};
    for (va = space_next(space, va); va < USER_END;) {
        if (space_slot(space, va, false, &slot) && page_get(&slot).rights)
            return (struct place){va, page_get(&slot), *slot.mapping};
        va += PAGE_SIZE;
        if (va % SPACE_TABLE_SPAN == 0)
            va = space_next(space, va);
    }
    return (struct place){.va = USER_END};
}

static void show_task(struct task *task)
{
    size_t pages = 0, caps = 0;
    for (uint64_t va = next_page(&task->space, 0).va; va < USER_END; pages++)
        va = next_page(&task->space, va + PAGE_SIZE).va;
    for (uint64_t i = cap_next(&task->caps, 0, L4_CAP_SLOTS); i < L4_CAP_SLOTS; caps++)
        i = cap_next(&task->caps, i + 1, L4_CAP_SLOTS);
    kprintf("kdb:");
    dump_object("task", &task->object);
    kprintf(" threads=%lu capabilities=%lu pages=%lu", task->threads, caps, pages);
    if (task->image_name[0])
        kprintf(" image=%lx(%.16s)", task->image_base, task->image_name);
    kprintf("%s\n", task->object.dead ? " dead" : "");
}

void show_tasks(void)
{
    for (struct object *o = object_next(NULL); o; o = object_next(o))
        if (o->type == &task_type)
            show_task(task_of(o));
}

void show_caps(struct task *task)
{
    uint64_t i = cap_next(&task->caps, 0, L4_CAP_SLOTS);
    for (; i < L4_CAP_SLOTS && !debugger_stopped();
         i = cap_next(&task->caps, i + 1, L4_CAP_SLOTS)) {
        const struct cap *cap = cap_lookup(&task->caps, i);
        const struct gate *gate = gate_of(cap->object);
        kprintf("kdb: %lx", i << 12);
        dump_object(cap->object->type->name, cap->object);
        kprintf(" rights=%c%c%c%s", cap->rights & L4_CAP_W ? 'w' : '-',
                cap->rights & L4_CAP_S ? 's' : '-', cap->rights & L4_CAP_D ? 'd' : '-',
                cap->weak ? " weak" : "");
        if (gate) {
            kprintf(" label=%lx", gate->label);
            dump_object("thread", gate->thread ? &gate->thread->object : NULL);
        }
        kprintf("\n");
    }
}

static bool goes_on(const struct place *a, const struct place *b)
{
    return b->va == a->va + PAGE_SIZE && b->page.frame.raw == a->page.frame.raw + PAGE_SIZE
           && b->page.rights == a->page.rights && b->page.cache == a->page.cache
           && (a->mapping ? b->mapping && b->mapping->depth == a->mapping->depth : !b->mapping);
}

void show_mappings(struct task *task)
{
    struct place first = next_page(&task->space, 0), last, next;
    for (; first.va < USER_END && !debugger_stopped(); first = next) {
        for (last = first; next = next_page(&task->space, last.va + PAGE_SIZE),
             goes_on(&last, &next); last = next)
            ;
        uint64_t end = last.va + PAGE_SIZE;
        kprintf("kdb: %lx..%lx frame=%lx", first.va, end, first.page.frame.raw);
        print_rights(first.page.rights);
        if (first.page.cache)
            kprintf(" cache=%x", first.page.cache);
        if (first.mapping)
            kprintf(" depth=%u\n", (unsigned)first.mapping->depth);
        else
            kprintf(" ku_mem\n");
    }
}

void show_tree(struct task *task, uint64_t va)
{
    va = align_down(va, PAGE_SHIFT);
    struct place place = next_page(&task->space, va);
    const struct mapping *m = place.mapping;
    if (place.va != va || !m) {
        kprintf("kdb: %lx %s\n", va, place.va == va ? "is ku_mem" : "is not mapped");
        return;
    }
    kprintf("kdb: frame=%lx\n", place.page.frame.raw);
    while (m->prev)
        m = m->prev;
    for (; m && !debugger_stopped(); m = m->next) {
        uint64_t page = (uint64_t)m->page << PAGE_SHIFT;
        kprintf("kdb: depth=%u", (unsigned)m->depth);
        dump_object("task", &container_of(m->space, struct task, space)->object);
        kprintf(" at=%lx", page);
        print_rights(next_page(m->space, page).page.rights);
        kprintf("%s\n", m == place.mapping ? " *" : "");
    }
}

static void show_ready_thread(const struct thread *t)
{
    kprintf("kdb: prio=%u", t->priority);
    dump_object("thread", &t->object);
    kprintf(" slice=%ld us%s\n", t->slice_us, t == current ? " current" : "");
}

/* Those on no list come first: the one that runs and the one it hands over to (scheduler.c). */
void show_ready(void)
{
    for (struct object *o = object_next(NULL); o; o = object_next(o)) {
        const struct thread *t = container_of(o, struct thread, object);
        if (o->type == &thread_type && t->state == THREAD_READY && list_empty(&t->ready))
            show_ready_thread(t);
    }
    for (unsigned p = SCHEDULER_MAX_PRIORITY; p > 0; p--) {
        const struct thread *t;
        list_for_each(t, scheduler_queue(p), ready)
            show_ready_thread(t);
    }
    kprintf("kdb: end\n");
}

void show_names(void)
{
    for (struct object *o = object_next(NULL); o && !debugger_stopped(); o = object_next(o))
        if (o->name[0]) {
            kprintf("kdb:");
            dump_object(o->type->name, o);
            kprintf(" counted=%lu%s\n", o->counted, o->dead ? " dead" : "");
        }
}

void show_memory(void)
{
    for (struct object *o = object_next(NULL); o; o = object_next(o)) {
        const struct quota *own = factory_own(o);
        if (!own)
            continue;
        kprintf("kdb:");
        dump_object("factory", o);
        kprintf(" used=%lu limit=%lu users=%lu\n", own->used, own->limit, own->users);
    }
    dump_books();
    kprintf("kdb: %lu of %lu frames free\n", frames_unused(), frames_total());
}

static void show_registers(const struct l4_exc_regs *r)
{
    static const char names[L4_EXC_WORDS - 1][4] = {
        "r15", "r14", "r13", "r12", "r11", "r10", "r9", "r8", "rdi", "rsi", "rbp", "cr2", "rbx",
        "rdx", "rcx", "rax", "trp", "err", "rip", "cs", "rfl", "rsp", "ss", "fs", "gs"};
    const uint64_t *word = (const uint64_t *)r;
    for (unsigned i = 0; i < ARRAY_SIZE(names); i++)
        kprintf("%s %.3s=%lx%s", i % 5 ? "" : "kdb:", names[i], word[i], i % 5 == 4 ? "\n" : "");
}

void show_thread(struct thread *t)
{
    const struct ipc *m = &t->ipc;
    dump_thread(t);
    show_registers(&t->regs);
    kprintf("kdb: pager=%lx handler=%lx todo=%x slice=%ld quantum=%ld consumed=%lu us\n", t->pager,
            t->exc_handler, t->todo, t->slice_us, t->quantum_us, t->consumed_us);
    kprintf("kdb: ipc flags=%x tag=%lx label=%lx timeouts=%x partner=%lu", m->flags, m->tag.raw,
            m->label, m->timeouts.raw, m->partner);
    if (!list_empty(&t->timeout.node))
        kprintf(" until=%lu us", t->timeout.deadline);
    kprintf("\n");
    if (t->task)
        kprintf("kdb: utcb=%lx error=%lx mr=%lx %lx %lx %lx\n", t->utcb->self, t->utcb->error,
                t->utcb->mr[0], t->utcb->mr[1], t->utcb->mr[2], t->utcb->mr[3]);
}
