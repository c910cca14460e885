/* SPDX-License-Identifier: BSD-2-Clause */
/* What relocation cannot do object by object: thread-local layout, copies, indirect functions. */
#include "elf/part.h"

#define TLS_TOTAL_MAX (1ull << 31)

/** Variant II of the TLS ABI: blocks grow down from the thread pointer, the program's first. A
 *  block's start is congruent to its vaddr modulo its alignment, as the code in it expects. */
int elf_layout_tls(struct elf_resolver *r)
{
    struct elf_set *set = r->set;
    uint32_t module = 0;
    for (uint32_t i = 0; i < set->count; i++) {
        struct elf_member *m = &set->members[i];
        const struct elf_tls *tls = &m->object->tls;
        if (tls->memsz == 0)
            continue;
        uint64_t end = set->tls_size + tls->memsz;
        m->tls_offset = end + (-(tls->vaddr + end) & (tls->align - 1));
        m->tls_module = ++module;
        if (m->tls_offset > TLS_TOTAL_MAX)
            return elf_fail(r->report, ERR_EUNSUPPORTED, m->object->file.name,
                            "too much thread-local data together");
        set->tls_size = m->tls_offset;
        if (tls->align > set->tls_align)
            set->tls_align = tls->align;
    }
    return 0;
}

/** The lists being made; while they are NULL, entries are only counted. */
struct lister {
    struct elf_resolver *resolver;
    const struct elf_set *set;
    uint32_t member;
    struct elf_copy *copies;
    struct elf_ifunc *ifuncs;
    uint32_t copy_count, ifunc_count;
};

/** Can @size bytes of the symbol's data be copied from its home? */
static bool source_fits(const struct elf_object *home, const struct elf_binding *b, uint64_t size)
{
    unsigned type = ELF64_ST_TYPE(home->symbols.table[b->symbol].st_info);
    return !b->absolute && !b->indirect && type != STT_TLS &&
           elf_segment_at(home, b->value, size) != NULL;
}

static int list_copy(struct lister *l, const Elf64_Rela *r)
{
    const struct elf_object *object = l->set->members[l->member].object;
    uint32_t symbol = ELF64_R_SYM(r->r_info);
    struct elf_binding b;

    if (!l->copies) {
        l->copy_count++;
        return 0;
    }
    int error = elf_bind_copy(l->resolver, l->member, symbol, &b);
    if (error || b.symbol == 0)
        return error;
    const struct elf_object *home = l->set->members[b.object].object;
    uint64_t size = object->symbols.table[symbol].st_size;
    uint64_t there = home->symbols.table[b.symbol].st_size;
    size = there < size ? there : size;
    if (!source_fits(home, &b, size))
        return elf_fail(l->resolver->report, ERR_ECORRUPT, home->file.name,
                        "data of symbol %s is outside its segment",
                        elf_symbol_name(object, symbol));
    l->copies[l->copy_count++] = (struct elf_copy){
        .object = l->member, .source = b.object, .target = r->r_offset, .vaddr = b.value,
        .size = size,
    };
    return 0;
}

static void add_ifunc(struct lister *l, struct elf_ifunc ifunc)
{
    if (l->ifuncs)
        l->ifuncs[l->ifunc_count] = ifunc;
    l->ifunc_count++;
}

static int list_bound(struct lister *l, const Elf64_Rela *r, const struct elf_howto *howto)
{
    const struct elf_member *m = &l->set->members[l->member];
    const struct elf_binding *b = elf_binding(m, r->r_info, howto);

    if (!b->indirect)
        return 0;
    if (howto->formula == ELF_SIZE)
        return 0;
    if (howto->formula != ELF_SYMBOL || howto->width != 8)
        return elf_fail(l->resolver->report, ERR_EUNSUPPORTED, m->object->file.name,
                        "%s at 0x%lx refers to an indirect function", howto->name,
                        (unsigned long)r->r_offset);
    add_ifunc(l, (struct elf_ifunc){ l->member, b->object, r->r_offset, b->value, r->r_addend });
    return 0;
}

static int list_table(struct lister *l, const Elf64_Rela *table, uint32_t count)
{
    int error = 0;
    for (uint32_t i = 0; i < count && !error; i++) {
        const struct elf_howto *howto = elf_howto(table[i].r_info);
        if (howto->formula == ELF_COPY)
            error = list_copy(l, &table[i]);
        else if (howto->formula == ELF_INDIRECT)
            add_ifunc(l, (struct elf_ifunc){ l->member, l->member, table[i].r_offset,
                                             table[i].r_addend, 0 });
        else if (howto->use)
            error = list_bound(l, &table[i], howto);
    }
    return error;
}

/** Most objects have nothing special; only their references need to be looked at to know. */
static bool has_special(const struct elf_member *m)
{
    const struct elf_relocations *r = &m->object->relocations;
    bool special = r->copy_count || r->irelative_count;
    for (uint32_t i = 0; i < m->object->reference_count && !special; i++) {
        uint32_t symbol = m->object->references[i].symbol;
        special = m->bindings[symbol].indirect || m->calls[symbol].indirect;
    }
    return special;
}

static int list_all(struct lister *l)
{
    int error = 0;
    for (uint32_t i = 0; i < l->set->count && !error; i++) {
        const struct elf_relocations *r = &l->set->members[i].object->relocations;
        l->member = i;
        if (!has_special(&l->set->members[i]))
            continue;
        if (r->rela)
            error = list_table(l, r->rela + r->relative_first, r->rela_count - r->relative_first);
        if (!error)
            error = list_table(l, r->plt, r->plt_count);
    }
    return error;
}

int elf_list_special(struct elf_resolver *r)
{
    struct elf_set *set = r->set;
    struct lister counter = { .resolver = r, .set = set }, lister = counter;

    int error = list_all(&counter);
    if (error)
        return error;
    lister.copies = elf_alloc(set->arena, counter.copy_count, sizeof(*lister.copies));
    lister.ifuncs = elf_alloc(set->arena, counter.ifunc_count, sizeof(*lister.ifuncs));
    if (!lister.copies || !lister.ifuncs)
        return elf_fail(r->report, ERR_ENOMEM, set->members[0].object->file.name,
                        "no memory for copies");
    error = list_all(&lister);
    set->copies = lister.copies;
    set->copy_count = lister.copy_count;
    set->ifuncs = lister.ifuncs;
    set->ifunc_count = lister.ifunc_count;
    return error;
}
