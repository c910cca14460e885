/* SPDX-License-Identifier: BSD-2-Clause */
#include "elf/part.h"
#include <string.h>

void *elf_alloc(const struct elf_arena *arena, uint64_t count, uint64_t size)
{
    uint64_t bytes;
    if (__builtin_mul_overflow(count, size, &bytes))
        return NULL;
    void *memory = arena->alloc(arena->context, bytes ? bytes : 1);
    return memory ? memset(memory, 0, bytes) : NULL;
}

/** The last segment that starts at or below @vaddr, or NULL. */
static const struct elf_segment *segment_below(const struct elf_object *object, uint64_t vaddr)
{
    uint32_t low = 0, high = object->segment_count;
    while (low < high) {
        uint32_t middle = (low + high) / 2;
        if (object->segments[middle].vaddr <= vaddr)
            low = middle + 1;
        else
            high = middle;
    }
    return low ? &object->segments[low - 1] : NULL;
}

const struct elf_segment *elf_segment_at(const struct elf_object *object, uint64_t vaddr,
                                         uint64_t length)
{
    const struct elf_segment *s = segment_below(object, vaddr);
    return s && elf_inside(vaddr - s->vaddr, length, s->memsz) ? s : NULL;
}

const void *elf_bytes(const struct elf_object *object, uint64_t vaddr, uint64_t length)
{
    const struct elf_segment *s = segment_below(object, vaddr);
    if (!s || !elf_inside(vaddr - s->vaddr, length, s->filesz))
        return NULL;
    return (const unsigned char *)object->file.data + s->offset + (vaddr - s->vaddr);
}

const char *elf_string(const struct elf_object *object, uint64_t offset)
{
    uint64_t size = object->symbols.strings_size;
    if (offset >= size)
        return NULL;
    uint64_t room = size - offset < ELF_NAME_MAX + 1 ? size - offset : ELF_NAME_MAX + 1;
    const char *name = object->symbols.strings + offset;
    return memchr(name, 0, room) ? name : NULL;
}

const struct elf_section *elf_section_at(const struct elf_object *object, uint64_t vaddr)
{
    uint32_t low = 0, high = object->section_count;
    while (low < high) {
        uint32_t middle = (low + high) / 2;
        if (object->sections[middle].vaddr <= vaddr)
            low = middle + 1;
        else
            high = middle;
    }
    const struct elf_section *s = low ? &object->sections[low - 1] : NULL;
    return s && vaddr - s->vaddr < s->size ? s : NULL;
}

/** Everything that only a dynamic object has. */
static int parse_linkage(struct elf_parser *parser)
{
    int (*const parts[])(struct elf_parser *) = {
        elf_parse_dynamic,  elf_parse_hash,    elf_parse_relocations,
        elf_parse_versions, elf_parse_symbols,
    };
    for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
        int error = parts[i](parser);
        if (error)
            return error;
    }
    return 0;
}

int elf_parse(const struct elf_file *file, const struct elf_arena *arena,
              const struct elf_object **object, struct elf_report *report)
{
    struct elf_parser parser = { .arena = arena, .report = report };
    int type = elf_identify(file, report);
    if (type < 0)
        return type;

    parser.object = elf_alloc(arena, 1, sizeof(*parser.object));
    if (!parser.object)
        return elf_fail(report, ERR_ENOMEM, file->name, "no memory for the object");
    parser.object->file = *file;
    parser.object->fixed = type == ET_EXEC;

    int error = elf_parse_segments(&parser);
    if (!error && parser.object->dynamic)
        error = parse_linkage(&parser);
    if (!error)
        error = elf_parse_sections(&parser);
    if (!error)
        *object = parser.object;
    return error;
}
