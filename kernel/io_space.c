/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * I/O ports. Each task remembers one source only, the task that last gave it ports: enough for the
 * line sigma0 - roottask - driver. Ports from a second source are revoked together with those of
 * the last one.
 */
#include "io_space.h"
#include "string.h"
#include "thread.h"
#include "x86_64/cpu.h"

struct ports {
    uint32_t start, end;
};

static struct ports ports_of(l4_fpage_t fpage)
{
    unsigned type = l4_fpage_type(fpage), order = l4_fpage_order(fpage);
    if (type == L4_FPAGE_SPECIAL || order >= 16)
        return (struct ports){0, IO_PORTS};
    uint32_t start = (uint32_t)align_down(l4_fpage_index(fpage) % IO_PORTS, order);
    return (struct ports){start, start + (1u << order)};
}

const uint8_t *io_shown;

void io_show(const struct task *task)
{
    io_shown = task->io_bitmap;
    cpu_allow_ports(task->io_bitmap);
    if (task->io_bitmap)
        paging_set_io_bitmap(task->io_bitmap);
}

static bool allowed(const uint8_t *bitmap, uint32_t port)
{
    return !(bitmap[port / 8] & 1u << port % 8);
}

bool io_init(struct task *task, bool all)
{
    if (task->io_bitmap)
        return true;
    task->io_bitmap = quota_pages(task->object.quota, IO_BITMAP_ORDER);
    if (task->io_bitmap && !all)
        memset(task->io_bitmap, 0xff, IO_PORTS / 8);
    if (current && current->here == task)
        io_show(task);
    return task->io_bitmap;
}

void io_free(struct task *task)
{
    if (task->io_bitmap)
        quota_free_pages(task->object.quota, task->io_bitmap, IO_BITMAP_ORDER);
    task->io_bitmap = NULL;
}

long io_map(struct task *from, struct task *to, l4_fpage_t fpage, l4_fpage_t window)
{
    struct ports a = ports_of(fpage), b = ports_of(window);
    uint32_t start = a.start > b.start ? a.start : b.start;
    uint32_t end = a.end < b.end ? a.end : b.end;
    long count = 0;
    if (l4_fpage_rights(fpage) == 0 || !from->io_bitmap || from == to || to->object.dead)
        return 0;
    if (start < end && !io_init(to, false))
        return -1;
    for (uint32_t port = start; port < end; port++) {
        if (!allowed(from->io_bitmap, port))
            continue;
        to->io_bitmap[port / 8] &= (uint8_t) ~(1u << port % 8);
        count++;
    }
    if (count)
        to->io_source = from->object.id;
    return count;
}

static struct task *task_after(struct task *task)
{
    struct object *object = task ? &task->object : NULL;
    do
        object = object_next(object);
    while (object && object->type != &task_type);
    return object ? container_of(object, struct task, object) : NULL;
}

static void clear(struct task *task, struct ports p)
{
    for (uint32_t port = p.start; task->io_bitmap && port < p.end; port++)
        task->io_bitmap[port / 8] |= (uint8_t)(1u << port % 8);
}

/* Marks @task if its source is marked. */
static bool spread(struct task *task)
{
    for (struct task *t = task_after(NULL); t && !task->io_mark; t = task_after(t))
        if (t->io_mark && t->object.id == task->io_source)
            return task->io_mark = true;
    return false;
}

void io_unmap(struct task *task, l4_fpage_t fpage, bool self)
{
    if (!task->io_bitmap || l4_fpage_rights(fpage) == 0)
        return;
    task->io_mark = true;
    for (bool changed = true; changed;) {
        changed = false;
        for (struct task *t = task_after(NULL); t; t = task_after(t))
            changed |= spread(t);
    }
    for (struct task *t = task_after(NULL); t; t = task_after(t)) {
        if (t->io_mark && (t != task || self))
            clear(t, ports_of(fpage));
        t->io_mark = false;
    }
}
