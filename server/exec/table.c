/* SPDX-License-Identifier: BSD-2-Clause */
#include "table.h"

#include <string.h>

#include "errors/errors.h"

/** Start function of libc.so, entry of libloader.so: see doc/contracts.md 5. */
#define LIBC_START "__l4_libc_start"

static struct task_place place_of(const struct set *set, const char *name)
{
    struct elf_binding binding;

    if (elf_set_export(&set->elf, name, &binding) < 0 || binding.absolute)
        return (struct task_place){.object = TASK_NO_OBJECT};
    return (struct task_place){.object = binding.object, .offset = binding.value};
}

static struct task_place entry_of(const struct set *set, uint32_t object)
{
    if (object == TASK_NO_OBJECT || !set->objects[object]->elf->entry)
        return (struct task_place){.object = TASK_NO_OBJECT};
    return (struct task_place){.object = object, .offset = set->objects[object]->elf->entry};
}

static uint32_t section_flags(const struct set *set, uint32_t object,
                              const struct elf_section *section)
{
    uint32_t flags = 0;

    if (section->rights & PF_R)
        flags |= TASK_SECTION_R;
    if (section->rights & PF_W)
        flags |= TASK_SECTION_W;
    if (section->rights & PF_X)
        flags |= TASK_SECTION_X;
    if (section->kind == ELF_WRITTEN)
        flags |= TASK_SECTION_WRITTEN;
    if (section->flags & ELF_SECTION_RELRO)
        flags |= TASK_SECTION_RELRO;
    if (object == set->startup)
        flags |= TASK_SECTION_STARTUP;
    return flags;
}

static void write_sections(const struct set *set, uint32_t object, struct task_section *out)
{
    const struct elf_object *elf = set->objects[object]->elf;

    for (uint32_t i = 0; i < elf->section_count; i++) {
        const struct elf_section *section = &elf->sections[i];
        bool written = section->kind == ELF_WRITTEN;
        out[i] = (struct task_section){
            .object = object,
            .flags = section_flags(set, object, section),
            .offset = section->vaddr,
            .size = section->size,
            .ds_slot = written ? TASK_CAP_WRITTEN : TASK_CAP_OBJECTS + object * L4_CAP_OFFSET,
            .ds_offset = section->offset + (written ? set->image_at[object] : 0),
        };
    }
}

static void write_object(const struct set *set, uint32_t i, const char *name,
                         struct task_object *out)
{
    const struct elf_object *elf = set->objects[i]->elf;
    const struct elf_member *member = &set->elf.members[i];

    *out = (struct task_object){
        .base = set->bases[i],
        .size = elf->end - elf->start,
        .start = elf->start,
        .flags = (elf->fixed ? TASK_OBJECT_FIXED : 0)
                 | (i == set->startup ? TASK_OBJECT_STARTUP : 0),
        .init_order = set->init_order[i],
        .init = elf->init,
        .fini = elf->fini,
        .init_array = elf->init_array.vaddr,
        .init_array_size = elf->init_array.count * sizeof(uint64_t),
        .fini_array = elf->fini_array.vaddr,
        .fini_array_size = elf->fini_array.count * sizeof(uint64_t),
        .preinit_array = elf->preinit_array.vaddr,
        .preinit_array_size = elf->preinit_array.count * sizeof(uint64_t),
        .phdr = elf->headers,
        .phdr_count = elf->header_count,
        .dynamic = elf->dynamic,
        .tls_image = elf->tls.vaddr,
        .tls_image_size = elf->tls.filesz,
        .tls_size = elf->tls.memsz,
        .tls_align = elf->tls.align,
        .tls_offset = member->tls_offset,
    };
    const char *slash = strrchr(name, '/');
    strncpy(out->name, slash ? slash + 1 : name, sizeof out->name - 1);
}

static uint32_t count_sections(const struct set *set)
{
    uint32_t sections = 0;

    for (uint32_t i = 0; i < set->count; i++)
        sections += set->objects[i]->elf->section_count;
    return sections;
}

static void write_head(const struct set *set, struct task_table *head)
{
    head->magic = TASK_TABLE_MAGIC;
    head->version = TASK_INFOPAGE_VERSION;
    head->entry = entry_of(set, 0);
    head->loader_start = entry_of(set, set->startup);
    head->main = place_of(set, "main");
    head->multiboot_main = place_of(set, "multiboot_main");
    head->libc_start = place_of(set, LIBC_START);
    head->tls_size = set->elf.tls_size;
    head->tls_align = set->elf.tls_align;
}

uint64_t table_size(const struct set *set)
{
    return sizeof(struct task_table) + set->count * sizeof(struct task_object)
           + count_sections(set) * sizeof(struct task_section);
}

long table_write(const struct table_window *window, const struct set *set,
                 const struct table_costs *costs)
{
    uint32_t sections = count_sections(set);
    struct task_table head = {
        .objects_at = sizeof head,
        .objects = set->count,
        .sections_at = sizeof head + set->count * sizeof(struct task_object),
        .sections = sections,
        .lookups = (uint32_t)costs->lookups,
        .relocations = (uint32_t)costs->relocations,
    };

    head.size = table_size(set);
    if (head.size > window->size)
        return -ERR_ETOOMANY;
    write_head(set, &head);
    memcpy(head.ticks, costs->ticks, sizeof head.ticks);

    char *out = window->address;
    uint32_t first = 0;
    for (uint32_t i = 0; i < set->count; i++) {
        struct task_object object;
        write_object(set, i, i ? set->names[i] : costs->program, &object);
        object.first_section = first;
        object.sections = set->objects[i]->elf->section_count;
        memcpy(out + head.objects_at + i * sizeof object, &object, sizeof object);
        write_sections(set, i, (struct task_section *)(out + head.sections_at) + first);
        first += object.sections;
    }
    memcpy(out, &head, sizeof head);
    return 0;
}
