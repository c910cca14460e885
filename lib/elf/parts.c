/* SPDX-License-Identifier: BSD-2-Clause */
/* What of the images has to be there to link them. */
#include "elf/part.h"

struct walk {
    const struct elf_set *set;
    elf_part_fn part;
    void *context;
};

/** The pages of a written section that have file contents; empty: none. */
static struct elf_range filled(const struct elf_object *object, const struct elf_section *section)
{
    const struct elf_segment *s = &object->segments[section->segment];
    uint64_t end = section->vaddr + section->size, file_end = elf_page_up(s->vaddr + s->filesz);

    end = file_end < end ? file_end : end;
    if (s->filesz == 0 || end <= section->vaddr)
        end = section->vaddr;
    return (struct elf_range){ section->offset, section->offset + (end - section->vaddr) };
}

static long name_part(const struct walk *walk, uint32_t member, struct elf_range range)
{
    return range.start < range.end ? walk->part(walk->context, member, range) : 0;
}

/** File contents of neighbours are one part. */
static long name_filled(const struct walk *walk, uint32_t member)
{
    const struct elf_object *object = walk->set->members[member].object;
    struct elf_range range = { 0, 0 };

    for (uint32_t i = 0; i < object->section_count; i++) {
        if (object->sections[i].kind != ELF_WRITTEN)
            continue;
        struct elf_range more = filled(object, &object->sections[i]);
        if (more.start == range.end) {
            range.end = more.end;
            continue;
        }
        long error = name_part(walk, member, range);
        if (error)
            return error;
        range = more;
    }
    return name_part(walk, member, range);
}

static long name_copy(const struct walk *walk, const struct elf_copy *copy)
{
    struct elf_range target = { 0, 0 }, source = { 0, 0 };

    elf_include_bytes(&target, walk->set->members[copy->object].object, copy->target, copy->size);
    elf_include_bytes(&source, walk->set->members[copy->source].object, copy->vaddr, copy->size);
    long error = name_part(walk, copy->object, target);
    return error ? error : name_part(walk, copy->source, source);
}

long elf_set_parts(const struct elf_set *set, elf_part_fn part, void *context)
{
    struct walk walk = { set, part, context };
    long error = 0;

    for (uint32_t i = 0; i < set->count && !error; i++)
        error = name_filled(&walk, i);
    for (uint32_t i = 0; i < set->copy_count && !error; i++)
        error = name_copy(&walk, &set->copies[i]);
    return error;
}
