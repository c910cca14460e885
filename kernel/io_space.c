/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * I/O ports. Each task remembers one source only, the task that last gave it ports: enough for the
 * line sigma0 - roottask - driver. Ports from a second source are revoked together with those of
 * the last one.
 */
#include "io_space.h"
#include "string.h"
#include "thread.h"
#include "work.h"
#include "x86_64/cpu.h"

enum { COST_WORD = 15 };

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

const uint64_t *io_shown;

void io_show(const struct task *task)
{
    io_shown = task->io_bitmap;
    cpu_allow_ports(task->io_bitmap);
    if (task->io_bitmap)
        paging_set_io_bitmap(task->io_bitmap);
}

/* The bits of word @i of a bitmap that stand for ports in @p. */
static uint64_t bits_of(struct ports p, uint32_t i)
{
    uint32_t first = i * 64;
    uint64_t bits = p.start > first ? ~0ull << (p.start - first) : ~0ull;
    return p.end < first + 64 ? bits & ~(~0ull << (p.end - first)) : bits;
}

/* Tasks with a bitmap. */
static struct list with_ports = {&with_ports, &with_ports};

bool io_init(struct task *task, bool all)
{
    if (task->io_bitmap)
        return true;
    task->io_bitmap = quota_pages(task->object.quota, IO_BITMAP_ORDER);
    if (task->io_bitmap)
        list_append(&with_ports, &task->io_node);
    if (task->io_bitmap && !all)
        memset(task->io_bitmap, 0xff, IO_PORTS / 8);
    if (current && current->here == task)
        io_show(task);
    return task->io_bitmap;
}

void io_free(struct task *task)
{
    if (!task->io_bitmap)
        return;
    list_remove(&task->io_node);
    quota_free_pages(task->object.quota, task->io_bitmap, IO_BITMAP_ORDER);
    task->io_bitmap = NULL;
}

long io_map(struct task *from, struct task *to, l4_fpage_t fpage, l4_fpage_t window)
{
    struct ports a = ports_of(fpage), b = ports_of(window);
    struct ports p = {a.start > b.start ? a.start : b.start, a.end < b.end ? a.end : b.end};
    uint64_t mapped = 0;
    if (l4_fpage_rights(fpage) == 0 || !from->io_bitmap || from == to || to->object.dead)
        return 0;
    if (p.start >= p.end)
        return 0;
    if (!io_init(to, false))
        return -1;
    for (uint32_t i = p.start / 64; i * 64 < p.end; i++) {
        uint64_t allowed = ~from->io_bitmap[i] & bits_of(p, i);
        to->io_bitmap[i] &= ~allowed;
        mapped |= allowed;
        work_budget -= COST_WORD;
    }
    if (mapped)
        to->io_source = from->object.id;
    return mapped != 0;
}

static void forbid(struct task *task, struct ports p)
{
    for (uint32_t i = p.start / 64; i * 64 < p.end; i++)
        task->io_bitmap[i] |= bits_of(p, i);
}

enum { FOUND = 1, SPREAD };

/* A task that is marked, while those who have ports from it are not yet; NULL: there is none. */
static struct task *next_found(void)
{
    struct task *t;
    list_for_each(t, &with_ports, io_node)
        if (t->io_mark == FOUND)
            return t;
    return NULL;
}

/* Marks all who have ports from @task. */
static void spread(struct task *task)
{
    struct task *t;
    task->io_mark = SPREAD;
    list_for_each(t, &with_ports, io_node)
        if (!t->io_mark && t->io_source == task->object.id)
            t->io_mark = FOUND;
}

void io_unmap(struct task *task, l4_fpage_t fpage, bool self)
{
    if (!task->io_bitmap || l4_fpage_rights(fpage) == 0)
        return;
    struct task *t;
    task->io_mark = FOUND;
    while ((t = next_found()))
        spread(t);
    list_for_each(t, &with_ports, io_node) {
        if (t->io_mark && (t != task || self))
            forbid(t, ports_of(fpage));
        t->io_mark = 0;
    }
}
