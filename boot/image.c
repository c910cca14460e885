/* SPDX-License-Identifier: BSD-2-Clause */
#include "boot/image.h"

#include <elf.h>
#include <stddef.h>
#include <string.h>

enum { PT_KIP = 0x10, PT_OPTIONS = 0x11 };

static const char *check_header(const Elf64_Ehdr *e, uint64_t size)
{
    if (size < sizeof(Elf64_Ehdr) || memcmp(e->e_ident, ELFMAG, SELFMAG) != 0)
        return "not an ELF file";
    if (e->e_ident[EI_CLASS] != ELFCLASS64 || e->e_ident[EI_DATA] != ELFDATA2LSB
        || e->e_machine != EM_X86_64)
        return "not an ELF file for x86-64";
    if (e->e_type != ET_EXEC)
        return "not linked to fixed addresses";
    if (e->e_phentsize != sizeof(Elf64_Phdr) || e->e_phnum == 0)
        return "no program headers";
    if (e->e_phoff > size || size - e->e_phoff < (uint64_t)e->e_phnum * sizeof(Elf64_Phdr))
        return "truncated: program headers lie outside the file";
    if (e->e_phoff % _Alignof(Elf64_Phdr))
        return "program headers are not aligned";
    return NULL;
}

static unsigned rights_of(const Elf64_Phdr *p)
{
    return (p->p_flags & PF_R ? 4 : 0) | (p->p_flags & PF_W ? 2 : 0) | (p->p_flags & PF_X ? 1 : 0);
}

static const char *add_segment(struct image *image, const Elf64_Phdr *p, uint64_t size)
{
    if (p->p_memsz == 0)
        return NULL;
    if (p->p_offset > size || size - p->p_offset < p->p_filesz)
        return "truncated: a segment lies outside the file";
    if (p->p_filesz > p->p_memsz)
        return "a segment is larger in the file than in memory";
    if (p->p_paddr + p->p_memsz < p->p_paddr || p->p_vaddr + p->p_memsz < p->p_vaddr)
        return "a segment wraps around the end of memory";
    if (image->segments == IMAGE_SEGMENTS)
        return "too many segments";
    struct phys_range memory = { p->p_paddr, p->p_paddr + p->p_memsz };
    for (unsigned i = 0; i < image->segments; i++)
        if (ranges_overlap(image->segment[i].memory, memory))
            return "two of its segments overlap";
    image->segment[image->segments++] = (struct segment){
        p->p_offset, p->p_filesz, memory, p->p_vaddr, rights_of(p),
    };
    return NULL;
}

static const char *find_record(const struct image *image, const Elf64_Phdr *p,
                               struct phys_range *record)
{
    for (unsigned i = 0; i < image->segments; i++) {
        struct phys_range m = image->segment[i].memory;
        if (p->p_paddr >= m.start && p->p_paddr < m.end && m.end - p->p_paddr >= p->p_memsz) {
            *record = (struct phys_range){ p->p_paddr, p->p_paddr + p->p_memsz };
            return NULL;
        }
    }
    return "its KIP or options record lies outside its segments";
}

/* A kernel may give its entry as a virtual address: it is entered at the physical one. */
static const char *find_entry(struct image *image, uint64_t entry)
{
    for (unsigned i = 0; i < image->segments; i++) {
        const struct segment *s = &image->segment[i];
        if ((s->rights & 1) && entry >= s->memory.start && entry < s->memory.end) {
            image->entry = entry;
            return NULL;
        }
    }
    for (unsigned i = 0; i < image->segments; i++) {
        const struct segment *s = &image->segment[i];
        uint64_t length = s->memory.end - s->memory.start;
        if ((s->rights & 1) && entry >= s->virtual_start && entry - s->virtual_start < length) {
            image->entry = entry - s->virtual_start + s->memory.start;
            return NULL;
        }
    }
    return "its entry point lies outside its code";
}

const char *image_parse(const void *file, uint64_t size, struct image *image)
{
    const Elf64_Ehdr *e = file;
    const char *wrong = check_header(e, size);
    *image = (struct image){ 0 };
    if (wrong)
        return wrong;
    const Elf64_Phdr *headers = (const void *)((const char *)file + e->e_phoff);
    for (unsigned i = 0; i < e->e_phnum && !wrong; i++)
        if (headers[i].p_type == PT_LOAD)
            wrong = add_segment(image, &headers[i], size);
    for (unsigned i = 0; i < e->e_phnum && !wrong; i++) {
        if (headers[i].p_type == PT_KIP)
            wrong = find_record(image, &headers[i], &image->kip);
        if (headers[i].p_type == PT_OPTIONS)
            wrong = find_record(image, &headers[i], &image->options);
    }
    return wrong ? wrong : find_entry(image, e->e_entry);
}

void image_load(const void *file, const struct image *image)
{
    for (unsigned i = 0; i < image->segments; i++) {
        const struct segment *s = &image->segment[i];
        char *to = (char *)(uintptr_t)s->memory.start;
        uint64_t length = s->memory.end - s->memory.start;
        memcpy(to, (const char *)file + s->offset, s->file_size);
        memset(to + s->file_size, 0, length - s->file_size);
    }
}
