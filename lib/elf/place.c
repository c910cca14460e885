/* SPDX-License-Identifier: BSD-2-Clause */
/* Where an object goes, and the memory it starts from. */
#include "elf/part.h"
#include <string.h>

int elf_base(const struct elf_object *object, uint64_t address, uint64_t *base)
{
    uint64_t value = address - object->start;

    if (object->fixed ? value != 0 : value % object->align != 0)
        return -ERR_EADDRNOTAVAIL;
    if (address < ELF_PAGE_SIZE || !elf_inside(address, object->end - object->start, ELF_USER_END))
        return -ERR_EADDRNOTAVAIL;
    *base = value;
    return 0;
}

void elf_fill(const struct elf_object *object, void *image)
{
    const unsigned char *file = object->file.data;

    for (uint32_t i = 0; i < object->section_count; i++) {
        const struct elf_section *section = &object->sections[i];
        const struct elf_segment *s = &object->segments[section->segment];
        uint64_t start = section->vaddr > s->vaddr ? section->vaddr : s->vaddr;
        uint64_t end = section->vaddr + section->size;
        if (end > s->vaddr + s->filesz)
            end = s->vaddr + s->filesz;
        if (section->kind == ELF_WRITTEN && start < end)
            memcpy((unsigned char *)image + section->offset + (start - section->vaddr),
                   file + s->offset + (start - s->vaddr), end - start);
    }
}

void *elf_image_at(const struct elf_object *object, void *image, uint64_t vaddr)
{
    const struct elf_section *section = elf_section_at(object, vaddr);
    if (!section || section->kind != ELF_WRITTEN)
        return NULL;
    return (unsigned char *)image + section->offset + (vaddr - section->vaddr);
}
