/* SPDX-License-Identifier: BSD-2-Clause */
/* Segments become program sections: ranges of pages with one origin and one set of rights. */
#include "elf/part.h"

/** Sections being made; `sections` NULL: only counted. */
struct maker {
    struct elf_object *object;
    struct elf_section *sections;
    uint32_t count;
    uint64_t image_size;
};

/** Append [@start, @end), whole pages of @segment. */
static void emit(struct maker *maker, uint32_t segment, uint64_t start, uint64_t end,
                 struct elf_section as)
{
    if (start >= end)
        return;
    const struct elf_segment *s = &maker->object->segments[segment];
    as.vaddr = start;
    as.size = end - start;
    as.segment = segment;
    if (as.kind == ELF_WRITTEN) {
        as.offset = maker->image_size;
        maker->image_size += as.size;
    } else {
        as.offset = elf_page_down(s->offset) + (start - elf_page_down(s->vaddr));
    }
    if (maker->sections)
        maker->sections[maker->count] = as;
    maker->count++;
}

static uint64_t clamp(uint64_t value, uint64_t low, uint64_t high)
{
    return value < low ? low : value > high ? high : value;
}

/** A writable segment: the part that becomes read-only, and what is before and after it. */
static void split_writable(struct maker *maker, uint32_t index, const struct elf_parser *parser)
{
    const struct elf_segment *s = &maker->object->segments[index];
    uint64_t start = elf_page_down(s->vaddr), end = elf_page_up(s->vaddr + s->memsz);
    uint64_t from = clamp(parser->relro_start, start, end);
    uint64_t to = clamp(parser->relro_end, from, end);
    struct elf_section plain = { .kind = ELF_WRITTEN, .rights = s->rights };
    struct elf_section relro = plain;

    relro.rights &= ~(uint32_t)PF_W;
    relro.flags = ELF_SECTION_RELRO;
    emit(maker, index, start, from, plain);
    emit(maker, index, from, to, relro);
    emit(maker, index, to, end, plain);
}

static bool page_written(const struct elf_object *object, const struct elf_segment *s,
                         uint64_t vaddr)
{
    uint64_t bit = s->first_bit + (vaddr - elf_page_down(s->vaddr)) / ELF_PAGE_SIZE;
    return object->relocated[bit / 64] >> (bit % 64) & 1;
}

/** A read-only segment: pages of the file, except those with text relocations, and except what is
 *  beyond the file's part, which must read as zero. */
static void split_read_only(struct maker *maker, uint32_t index)
{
    const struct elf_object *object = maker->object;
    const struct elf_segment *s = &object->segments[index];
    struct elf_section shared = { .kind = ELF_SHARED, .rights = s->rights };
    struct elf_section written = { .kind = ELF_WRITTEN, .rights = s->rights };
    struct elf_section text = written;
    uint64_t end = elf_page_up(s->vaddr + s->memsz), at = elf_page_down(s->vaddr);
    uint64_t file_end = s->filesz == s->memsz ? end : elf_page_down(s->vaddr + s->filesz);

    text.flags = ELF_SECTION_TEXTREL;
    while (object->text_relocations && at < file_end) {
        bool written_run = page_written(object, s, at);
        uint64_t next = at + ELF_PAGE_SIZE;
        while (next < file_end && page_written(object, s, next) == written_run)
            next += ELF_PAGE_SIZE;
        emit(maker, index, at, next, written_run ? text : shared);
        at = next;
    }
    emit(maker, index, at, file_end, shared);
    emit(maker, index, at > file_end ? at : file_end, end, written);
}

static void split_all(struct maker *maker, const struct elf_parser *parser)
{
    for (uint32_t i = 0; i < maker->object->segment_count; i++) {
        if (maker->object->segments[i].rights & PF_W)
            split_writable(maker, i, parser);
        else
            split_read_only(maker, i);
    }
}

int elf_parse_sections(struct elf_parser *parser)
{
    struct elf_object *object = parser->object;
    struct maker counter = { .object = object }, maker = counter;

    split_all(&counter, parser);
    maker.sections = elf_alloc(parser->arena, counter.count, sizeof(*maker.sections));
    if (!maker.sections)
        return elf_fail(parser->report, ERR_ENOMEM, object->file.name, "no memory for sections");
    split_all(&maker, parser);
    object->sections = maker.sections;
    object->section_count = maker.count;
    object->image_size = maker.image_size;
    return 0;
}
