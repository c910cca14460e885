/* SPDX-License-Identifier: BSD-2-Clause */
#include "image.h"

#include <l4/fpage.h>
#include <string.h>
#include <task/layout.h>

#include "console/console.h"

#define FIRST_ADDRESS 0x10000ull
#define ARENA_SIZE    (256 * 1024)

/* Memory for one parsed file; the next one takes its place. */
struct arena {
    _Alignas(16) char memory[ARENA_SIZE];
    size_t used;
};

static void *arena_alloc(void *context, size_t size)
{
    struct arena *arena = context;
    size_t rounded = (size + 15) & ~(size_t)15;

    if (rounded < size || rounded > ARENA_SIZE - arena->used)
        return NULL;
    arena->used += rounded;
    return arena->memory + arena->used - rounded;
}

static long refuse(const struct module *module, long error, const char *why)
{
    say("module %s: not started: %s", module->name, why);
    return error;
}

static long check_static(const struct module *module, const struct elf_object *object)
{
    if (!object->fixed || object->dynamic || object->interpreter)
        return refuse(module, -ERR_EWRONGTYPE, "not a static program for fixed addresses");
    if (object->start < FIRST_ADDRESS || object->end > TASK_SERVER_AREA)
        return refuse(module, -ERR_EADDRNOTAVAIL, "linked outside the addresses for programs");
    if (object->entry < object->start || object->entry >= object->end)
        return refuse(module, -ERR_ECORRUPT, "entry point outside the program");
    if (object->end - object->start > ram_free())
        return refuse(module, -ERR_ENOMEM, "larger than the memory that is left");
    if (object->end - object->start > module->ram.max)
        return refuse(module, -ERR_ENOMEM, "larger than its quota of memory");
    return 0;
}

long image_check(const struct module *module, const struct elf_object **object)
{
    static struct arena arena;
    static char text[256];
    struct elf_report report;
    struct elf_file file = {module->name, pointer_to(module->start),
                            module->end.raw - module->start.raw};

    arena.used = 0;
    elf_report_init(&report, text, sizeof text);
    long error = elf_parse(&file, &(struct elf_arena){arena_alloc, &arena}, object, &report);
    if (error < 0) {
        char *newline = strchr(text, '\n');
        if (newline)
            *newline = 0;
        return refuse(module, error, report.used ? text : error_text(error));
    }
    return check_static(module, *object);
}

static unsigned rights_of(const struct elf_segment *s)
{
    return L4_FPAGE_R | (s->rights & PF_W ? L4_FPAGE_W : 0) | (s->rights & PF_X ? L4_FPAGE_X : 0);
}

/* A piece of a segment: memory of ours, and where the module will see it. */
struct piece {
    paddr_t memory;
    maddr_t at;
    uint64_t size;
};

/* Zeroes @p and copies what of the segment's file part falls into it. */
static void fill(const struct piece *p, const struct elf_segment *s, const char *file)
{
    uint64_t piece_end = p->at.raw + p->size, file_end = s->vaddr + s->filesz;
    uint64_t start = s->vaddr > p->at.raw ? s->vaddr : p->at.raw;
    uint64_t end = file_end < piece_end ? file_end : piece_end;
    char *to = pointer_to(p->memory);

    memset(to, 0, p->size);
    if (start < end)
        memcpy(to + (start - p->at.raw), file + s->offset + (start - s->vaddr), end - start);
}

static long load_segment(struct module *module, const struct elf_segment *s)
{
    uint64_t end = (s->vaddr + s->memsz + L4_PAGE_SIZE - 1) & L4_PAGE_MASK;
    unsigned order;

    for (uint64_t at = s->vaddr & L4_PAGE_MASK; at < end; at += 1ull << order) {
        order = piece_order(at, end);
        struct piece p = {.at = {at}, .size = 1ull << order};
        if (!ram_take(order, &module->ram, &p.memory))
            return -ERR_ENOMEM;
        fill(&p, s, pointer_to(module->start));
        long error = module_map(module, p.memory, p.at, p.size, rights_of(s));
        if (error < 0)
            return error;
    }
    return 0;
}

long image_load(struct module *module, const struct elf_object *object)
{
    long error = 0;

    for (uint32_t i = 0; i < object->segment_count && error >= 0; i++)
        error = load_segment(module, &object->segments[i]);
    module->image_start.raw = object->start;
    module->image_end.raw = object->end;
    return error;
}
