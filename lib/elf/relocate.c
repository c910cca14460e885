/* SPDX-License-Identifier: BSD-2-Clause */
/* Filling the written sections. Nothing is looked up and nothing of the files is checked here: the
 * entries were checked by parse, the bindings made by resolve. Every value is computed from the
 * file, never from what is in the image, so doing it again for other addresses is always right. */
#include "elf/part.h"
#include <string.h>

/** One member being relocated. */
struct linker {
    const struct elf_set *set;
    const struct elf_place *places;
    struct elf_report *report;
    const struct elf_member *member;
    const struct elf_place *place;
    const struct elf_section *section; /* of the last target */
    bool fresh; /* the image was never relocated: everything is to be done */
    bool moved; /* its own base is not the one it was linked for */
    uint64_t written;
};

static bool has_moved(const struct elf_place *place)
{
    return place->linked != place->base;
}

static inline unsigned char *target(struct linker *l, uint64_t vaddr)
{
    if (vaddr - l->section->vaddr >= l->section->size)
        l->section = elf_section_at(l->member->object, vaddr);
    return (unsigned char *)l->place->image + l->section->offset + (vaddr - l->section->vaddr);
}

static inline void store(struct linker *l, uint64_t vaddr, uint64_t value, unsigned width)
{
    memcpy(target(l, vaddr), &value, width);
    l->written++;
}

/** Would the value survive being read back from a field of this width? */
static bool fits(uint64_t value, const struct elf_howto *howto)
{
    unsigned bits = 8 * howto->width;
    if (howto->range == ELF_SIGNED)
        return value + (1ull << (bits - 1)) < 1ull << bits;
    return howto->range == ELF_ANY || value < 1ull << bits;
}

/** Does the value change when what moved moves? */
static bool depends(const struct linker *l, const struct elf_binding *b,
                    const struct elf_howto *howto)
{
    if (l->fresh)
        return true;
    if (howto->formula != ELF_SYMBOL && howto->formula != ELF_PLACE)
        return false;
    return (!b->absolute && has_moved(&l->places[b->object])) ||
           (howto->formula == ELF_PLACE && l->moved);
}

static uint64_t symbol_address(const struct linker *l, const struct elf_binding *b)
{
    return b->value + (b->absolute ? 0 : l->places[b->object].base);
}

static uint64_t compute(const struct linker *l, const Elf64_Rela *r, const struct elf_binding *b,
                        const struct elf_howto *howto)
{
    const struct elf_member *home = &l->set->members[b->object];
    bool undefined = ELF64_R_SYM(r->r_info) != 0 && b->symbol == 0;

    switch (howto->formula) {
    case ELF_SYMBOL:
        return symbol_address(l, b) + r->r_addend;
    case ELF_PLACE:
        return symbol_address(l, b) + r->r_addend - (l->place->base + r->r_offset);
    case ELF_SIZE:
        return home->object->symbols.table[b->symbol].st_size + r->r_addend;
    case ELF_MODULE:
        return undefined ? 0 : home->tls_module;
    case ELF_TLS_BLOCK:
        return b->value + r->r_addend;
    default: /* ELF_TLS_STATIC */
        return undefined ? 0 : b->value + r->r_addend - home->tls_offset;
    }
}

static int apply_bound(struct linker *l, const Elf64_Rela *r, const struct elf_howto *howto)
{
    const struct elf_object *object = l->member->object;
    const struct elf_binding *b = elf_binding(l->member, r->r_info, howto);
    uint32_t symbol = ELF64_R_SYM(r->r_info); /* 0 is not checked by parse: it has no name */

    if ((b->indirect && howto->formula != ELF_SIZE) || !depends(l, b, howto))
        return 0;
    uint64_t value = compute(l, r, b, howto);
    if (!fits(value, howto))
        return elf_fail(l->report, ERR_ERELOC, object->file.name,
                        "%s at 0x%lx against %s: 0x%lx does not fit", howto->name,
                        (unsigned long)r->r_offset,
                        symbol ? elf_symbol_name(object, symbol) : "no symbol",
                        (unsigned long)value);
    store(l, r->r_offset, value, howto->width);
    return 0;
}

static void apply_relative(struct linker *l, const Elf64_Rela *r, uint32_t count)
{
    for (; count > 0 && l->moved; count--, r++)
        store(l, r->r_offset, l->place->base + r->r_addend, 8);
}

static int apply_table(struct linker *l, const Elf64_Rela *r, uint32_t count)
{
    int error = 0;
    for (; count > 0 && !error; count--, r++) {
        const struct elf_howto *howto = elf_howto(r->r_info);
        if (howto->formula == ELF_RELATIVE)
            apply_relative(l, r, 1);
        else if (howto->use && howto->formula != ELF_COPY)
            error = apply_bound(l, r, howto);
    }
    return error;
}

/** The word in the file is the addend. */
static void apply_packed_word(struct linker *l, uint64_t vaddr)
{
    const struct elf_object *object = l->member->object;
    unsigned char *to = target(l, vaddr);
    const struct elf_segment *s = &object->segments[l->section->segment];
    uint64_t value;

    memcpy(&value, (const char *)object->file.data + s->offset + (vaddr - s->vaddr), 8);
    value += l->place->base;
    memcpy(to, &value, 8);
    l->written++;
}

static void apply_packed(struct linker *l)
{
    const struct elf_relocations *relocations = &l->member->object->relocations;
    uint64_t where = 0;

    for (uint32_t i = 0; i < relocations->relr_count && l->moved; i++) {
        uint64_t word = relocations->relr[i];
        if (word & 1) {
            for (uint64_t bits = word >> 1; bits; bits &= bits - 1)
                apply_packed_word(l, where + 8 * (uint64_t)__builtin_ctzll(bits));
            where += 63 * 8;
        } else {
            apply_packed_word(l, word);
            where = word + 8;
        }
    }
}

static int relocate_member(struct linker *l)
{
    const struct elf_relocations *r = &l->member->object->relocations;

    if (!l->place->image)
        return 0;
    l->section = l->member->object->sections;
    l->fresh = l->place->linked == ELF_UNLINKED;
    l->moved = has_moved(l->place);
    apply_packed(l);
    apply_relative(l, r->rela, r->relative_first);
    int error = 0;
    if (r->rela)
        error = apply_table(l, r->rela + r->relative_first, r->rela_count - r->relative_first);
    return error ? error : apply_table(l, r->plt, r->plt_count);
}

/** Bytes of a library as they are after relocation: from its image or, what is not written, from
 *  its file. @size bytes from @vaddr on are in one segment. */
static void read_linked(const struct elf_object *object, void *image, const struct elf_copy *copy,
                        unsigned char *to)
{
    for (uint64_t done = 0; done < copy->size;) {
        uint64_t vaddr = copy->vaddr + done;
        const struct elf_section *section = elf_section_at(object, vaddr);
        const struct elf_segment *s = &object->segments[section->segment];
        uint64_t chunk = section->vaddr + section->size - vaddr;
        chunk = chunk < copy->size - done ? chunk : copy->size - done;
        const unsigned char *from = elf_image_at(object, image, vaddr);
        if (!from)
            from = (const unsigned char *)object->file.data + s->offset + (vaddr - s->vaddr);
        memmove(to + done, from, chunk);
        done += chunk;
    }
}

/** After all objects, because what is copied may have been relocated just now. */
static void copy_all(const struct elf_set *set, const struct elf_place *places)
{
    for (uint32_t i = 0; i < set->copy_count; i++) {
        const struct elf_copy *copy = &set->copies[i];
        if (!places[copy->object].image ||
            (!places[copy->source].image && set->members[copy->source].object->image_size))
            continue;
        unsigned char *to = elf_image_at(set->members[copy->object].object,
                                         places[copy->object].image, copy->target);
        read_linked(set->members[copy->source].object, places[copy->source].image, copy, to);
    }
}

int elf_set_relocate(const struct elf_set *set, struct elf_place *places,
                     struct elf_counts *counts, struct elf_report *report)
{
    struct elf_counts total = { 0, 0 };
    bool any_moved = false;

    for (uint32_t i = 0; i < set->count; i++)
        any_moved |= has_moved(&places[i]);
    for (uint32_t i = 0; i < set->count && any_moved; i++) {
        struct linker l = { .set = set, .places = places, .report = report,
                            .member = &set->members[i], .place = &places[i] };
        int error = relocate_member(&l);
        if (error)
            return error;
        total.relocations += l.written;
        total.objects += l.written != 0;
    }
    if (any_moved)
        copy_all(set, places);
    for (uint32_t i = 0; i < set->count; i++)
        places[i].linked = places[i].base;
    if (counts) {
        counts->relocations += total.relocations;
        counts->objects += total.objects;
    }
    return 0;
}
