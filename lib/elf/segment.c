/* SPDX-License-Identifier: BSD-2-Clause */
/* Program headers: segments, and what else they point to. */
#include "elf/part.h"
#include <string.h>

#define ALIGN_MAX (1ull << 30)
#define TLS_MAX   (1ull << 30)

static int bad(struct elf_parser *parser, const char *what, const Elf64_Phdr *ph)
{
    return elf_fail(parser->report, ERR_ECORRUPT, parser->object->file.name,
                    "%s (program header at vaddr 0x%lx)", what, (unsigned long)ph->p_vaddr);
}

static int check_load(struct elf_parser *parser, const Elf64_Phdr *ph)
{
    const struct elf_object *object = parser->object;

    if (ph->p_filesz && !elf_inside(ph->p_offset, ph->p_filesz, object->file.size))
        return elf_fail(parser->report, ERR_ETRUNCATED, object->file.name,
                        "truncated: the segment at vaddr 0x%lx ends at offset 0x%lx",
                        (unsigned long)ph->p_vaddr, (unsigned long)(ph->p_offset + ph->p_filesz));
    if (ph->p_filesz > ph->p_memsz)
        return bad(parser, "segment larger in the file than in memory", ph);
    if (!elf_inside(ph->p_vaddr, ph->p_memsz, ELF_USER_END))
        return bad(parser, "segment outside user addresses", ph);
    if (ph->p_offset % ELF_PAGE_SIZE != ph->p_vaddr % ELF_PAGE_SIZE)
        return bad(parser, "segment at different places of a page in file and memory", ph);
    if (ph->p_align > 1 && (!elf_power_of_two(ph->p_align) || ph->p_align > ALIGN_MAX))
        return bad(parser, "segment with a bad alignment", ph);
    if (object->fixed && ph->p_vaddr < ELF_PAGE_SIZE)
        return bad(parser, "segment in the page of the null pointer", ph);
    if (object->segment_count && elf_page_down(ph->p_vaddr) < object->end)
        return bad(parser, "segments overlap, share a page, or are not in order", ph);
    return 0;
}

static int add_load(struct elf_parser *parser, const Elf64_Phdr *ph)
{
    struct elf_object *object = parser->object;
    int error = check_load(parser, ph);
    if (error)
        return error;

    struct elf_segment *s = &parser->segments[object->segment_count++];
    s->vaddr = ph->p_vaddr;
    s->memsz = ph->p_memsz;
    s->offset = ph->p_offset;
    s->filesz = ph->p_filesz;
    s->align = ph->p_align > ELF_PAGE_SIZE ? ph->p_align : ELF_PAGE_SIZE;
    s->rights = ph->p_flags & (PF_R | PF_W | PF_X);
    if (object->segment_count == 1)
        object->start = elf_page_down(s->vaddr);
    object->end = elf_page_up(s->vaddr + s->memsz);
    if (s->align > object->align)
        object->align = s->align;
    if ((s->rights & (PF_W | PF_X)) == (PF_W | PF_X))
        object->write_execute = true;
    return 0;
}

/** Number the pages of all segments that have file contents, for the bitmap of relocated pages.
 *  Sane segments map each byte of the file once at most, which also bounds the bitmap. */
static int number_pages(struct elf_parser *parser)
{
    struct elf_object *object = parser->object;
    uint64_t bytes = 0, bits = 0;

    for (uint32_t i = 0; i < object->segment_count; i++) {
        struct elf_segment *s = &parser->segments[i];
        bytes += s->filesz;
        if (bytes > object->file.size)
            return elf_fail(parser->report, ERR_ECORRUPT, object->file.name,
                            "segments map parts of the file twice");
        s->first_bit = bits;
        if (s->filesz)
            bits += (elf_page_up(s->vaddr + s->filesz) - elf_page_down(s->vaddr)) / ELF_PAGE_SIZE;
    }
    parser->relocated = elf_alloc(parser->arena, bits / 64 + 1, sizeof(uint64_t));
    object->relocated = parser->relocated;
    if (!object->relocated)
        return elf_fail(parser->report, ERR_ENOMEM, object->file.name, "no memory for pages");
    return 0;
}

static int add_tls(struct elf_parser *parser, const Elf64_Phdr *ph)
{
    struct elf_object *object = parser->object;
    struct elf_tls *tls = &object->tls;

    if (ph->p_memsz > TLS_MAX || ph->p_filesz > ph->p_memsz || tls->memsz)
        return bad(parser, "bad size of thread-local data", ph);
    if (ph->p_align > 1 && (!elf_power_of_two(ph->p_align) || ph->p_align > ALIGN_MAX))
        return bad(parser, "thread-local data with a bad alignment", ph);
    if (ph->p_filesz && !elf_bytes(object, ph->p_vaddr, ph->p_filesz))
        return bad(parser, "thread-local data outside the segments", ph);
    tls->vaddr = ph->p_vaddr;
    tls->filesz = ph->p_filesz;
    tls->memsz = ph->p_memsz;
    tls->align = ph->p_align ? ph->p_align : 1;
    return 0;
}

/** Pages that are only in part to become read-only stay writable: the end is rounded down. */
static int add_relro(struct elf_parser *parser, const Elf64_Phdr *ph)
{
    const struct elf_segment *s = elf_segment_at(parser->object, ph->p_vaddr, 0);
    if (ph->p_memsz == 0)
        return 0;
    if (!s || !(s->rights & PF_W) ||
        !elf_inside(ph->p_vaddr - s->vaddr, ph->p_memsz,
                    elf_page_up(s->vaddr + s->memsz) - s->vaddr))
        return bad(parser, "read-only-after-relocation part outside a writable segment", ph);
    parser->relro_start = elf_page_down(ph->p_vaddr);
    parser->relro_end = elf_page_down(ph->p_vaddr + ph->p_memsz);
    return 0;
}

static int add_interpreter(struct elf_parser *parser, const Elf64_Phdr *ph)
{
    struct elf_object *object = parser->object;
    if (!ph->p_filesz || !elf_inside(ph->p_offset, ph->p_filesz, object->file.size))
        return bad(parser, "interpreter's name outside the file", ph);
    const char *name = (const char *)object->file.data + ph->p_offset;
    if (name[ph->p_filesz - 1] != 0)
        return bad(parser, "interpreter's name without an end", ph);
    object->interpreter = name;
    return 0;
}

/** Walk the notes; keep the build ID. */
static int add_notes(struct elf_parser *parser, const Elf64_Phdr *ph)
{
    struct elf_object *object = parser->object;
    uint64_t align = ph->p_align == 8 ? 8 : 4, at = 0;

    if (!elf_inside(ph->p_offset, ph->p_filesz, object->file.size) || ph->p_offset % 4)
        return bad(parser, "notes outside the file", ph);
    while (ph->p_filesz - at >= sizeof(Elf64_Nhdr)) {
        const unsigned char *bytes = (const unsigned char *)object->file.data + ph->p_offset + at;
        Elf64_Nhdr note;
        memcpy(&note, bytes, sizeof(note));
        uint64_t name_end = sizeof(note) + (uint64_t)note.n_namesz;
        uint64_t text = (name_end + align - 1) & -align;
        uint64_t length = (text + note.n_descsz + align - 1) & -align;
        if (text + note.n_descsz > ph->p_filesz - at)
            return bad(parser, "note larger than its segment", ph);
        if (note.n_type == NT_GNU_BUILD_ID && note.n_namesz == 4 &&
            memcmp(bytes + sizeof(note), "GNU", 4) == 0) {
            object->build_id = bytes + text;
            object->build_id_size = note.n_descsz;
        }
        if (length > ph->p_filesz - at)
            break;
        at += length;
    }
    return 0;
}

static int add_dynamic(struct elf_parser *parser, const Elf64_Phdr *ph)
{
    struct elf_object *object = parser->object;
    if (object->dynamic || ph->p_vaddr % 8 || ph->p_vaddr == 0 ||
        !elf_bytes(object, ph->p_vaddr, ph->p_filesz) || ph->p_filesz < sizeof(Elf64_Dyn))
        return bad(parser, "dynamic section outside the segments, or twice", ph);
    object->dynamic = ph->p_vaddr;
    parser->dynamic_size = ph->p_filesz;
    return 0;
}

static int add_other(struct elf_parser *parser, const Elf64_Phdr *ph)
{
    switch (ph->p_type) {
    case PT_DYNAMIC:
        return add_dynamic(parser, ph);
    case PT_TLS:
        return add_tls(parser, ph);
    case PT_GNU_RELRO:
        return add_relro(parser, ph);
    case PT_INTERP:
        return add_interpreter(parser, ph);
    case PT_NOTE:
        return add_notes(parser, ph);
    case PT_GNU_STACK:
        parser->object->stack_executable = ph->p_flags & PF_X;
        return 0;
    default:
        return 0;
    }
}

static bool executable(const struct elf_object *object, uint64_t vaddr)
{
    const struct elf_segment *s = elf_segment_at(object, vaddr, 1);
    return s && (s->rights & PF_X);
}

/** Where the headers are in memory, if a segment has them all. */
static uint64_t headers_vaddr(const struct elf_object *object, const Elf64_Ehdr *header)
{
    uint64_t size = header->e_phnum * sizeof(Elf64_Phdr);
    for (uint32_t i = 0; i < object->segment_count; i++) {
        const struct elf_segment *s = &object->segments[i];
        if (header->e_phoff >= s->offset &&
            elf_inside(header->e_phoff - s->offset, size, s->filesz))
            return s->vaddr + (header->e_phoff - s->offset);
    }
    return 0;
}

static int check_whole(struct elf_parser *parser, const Elf64_Ehdr *header)
{
    struct elf_object *object = parser->object;

    if (object->segment_count == 0)
        return elf_fail(parser->report, ERR_ECORRUPT, object->file.name, "nothing to load");
    if (header->e_entry && !executable(object, header->e_entry))
        return elf_fail(parser->report, ERR_ECORRUPT, object->file.name,
                        "entry 0x%lx is not in an executable segment",
                        (unsigned long)header->e_entry);
    object->entry = header->e_entry;
    object->header_count = header->e_phnum;
    object->headers = headers_vaddr(object, header);
    return 0;
}

int elf_parse_segments(struct elf_parser *parser)
{
    struct elf_object *object = parser->object;
    const Elf64_Ehdr *header = object->file.data;
    const Elf64_Phdr *ph = (const void *)((const char *)object->file.data + header->e_phoff);
    int error = 0;

    parser->segments = elf_alloc(parser->arena, header->e_phnum, sizeof(*parser->segments));
    if (!parser->segments)
        return elf_fail(parser->report, ERR_ENOMEM, object->file.name, "no memory for segments");
    object->segments = parser->segments;
    object->align = ELF_PAGE_SIZE;
    for (uint32_t i = 0; i < header->e_phnum && !error; i++)
        if (ph[i].p_type == PT_LOAD && ph[i].p_memsz)
            error = add_load(parser, &ph[i]);
    if (!error)
        error = check_whole(parser, header);
    if (!error)
        error = number_pages(parser);
    for (uint32_t i = 0; i < header->e_phnum && !error; i++)
        error = add_other(parser, &ph[i]);
    return error;
}
