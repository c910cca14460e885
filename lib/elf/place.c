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

static void include(struct elf_range *range, uint64_t start, uint64_t end)
{
    if (start >= end)
        return;
    if (range->start >= range->end)
        *range = (struct elf_range){ start, end };
    range->start = start < range->start ? start : range->start;
    range->end = end > range->end ? end : range->end;
}

/** The pages of a written section that have file contents and relocations in them. */
static void include_relocated(struct elf_range *range, const struct elf_object *object,
                              const struct elf_section *section)
{
    const struct elf_segment *s = &object->segments[section->segment];
    uint64_t end = section->vaddr + section->size;
    if (end > s->vaddr + s->filesz)
        end = elf_page_up(s->vaddr + s->filesz);
    for (uint64_t at = section->vaddr; at < end; at += ELF_PAGE_SIZE) {
        uint64_t bit = s->first_bit + (at - elf_page_down(s->vaddr)) / ELF_PAGE_SIZE;
        uint64_t offset = section->offset + (at - section->vaddr);
        if (object->relocated[bit / 64] >> (bit % 64) & 1)
            include(range, offset, offset + ELF_PAGE_SIZE);
    }
}

void elf_include_bytes(struct elf_range *range, const struct elf_object *object, uint64_t vaddr,
                       uint64_t size)
{
    for (uint32_t i = 0; i < object->section_count; i++) {
        const struct elf_section *section = &object->sections[i];
        uint64_t start = vaddr > section->vaddr ? vaddr : section->vaddr;
        uint64_t end = section->vaddr + section->size;
        end = vaddr + size < end ? vaddr + size : end;
        if (section->kind == ELF_WRITTEN && start < end)
            include(range, section->offset + elf_page_down(start - section->vaddr),
                    section->offset + elf_page_up(end - section->vaddr));
    }
}

struct elf_range elf_set_touched(const struct elf_set *set, uint32_t index)
{
    const struct elf_object *object = set->members[index].object;
    struct elf_range range = { 0, 0 };

    for (uint32_t i = 0; i < object->section_count; i++)
        if (object->sections[i].kind == ELF_WRITTEN)
            include_relocated(&range, object, &object->sections[i]);
    for (uint32_t i = 0; i < set->copy_count; i++) {
        const struct elf_copy *copy = &set->copies[i];
        if (copy->object == index)
            elf_include_bytes(&range, object, copy->target, copy->size);
        if (copy->source == index)
            elf_include_bytes(&range, object, copy->vaddr, copy->size);
    }
    return range;
}
