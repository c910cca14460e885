/* SPDX-License-Identifier: BSD-2-Clause */
/* The dynamic symbols: each that can be found or is referred to is checked once. */
#include <string.h>

#include "elf/part.h"

static int bad(struct elf_parser *parser, const char *what, uint32_t symbol)
{
    return elf_fail(parser->report, ERR_ECORRUPT, parser->object->file.name, "symbol %lu: %s",
                    (unsigned long)symbol, what);
}

/** Is the value of a defined symbol possible? Labels may stand at the very end of the object. */
static bool value_fits(const struct elf_object *object, const Elf64_Sym *sym)
{
    if (sym->st_shndx == SHN_ABS)
        return true;
    if (ELF64_ST_TYPE(sym->st_info) == STT_TLS)
        return object->tls.memsz && sym->st_value <= object->tls.memsz;
    if (ELF64_ST_TYPE(sym->st_info) == STT_GNU_IFUNC) {
        const struct elf_segment *s = elf_segment_at(object, sym->st_value, 1);
        return s && (s->rights & PF_X);
    }
    return sym->st_value <= object->end && (sym->st_value >= object->start || object->fixed);
}

static int check_symbol(struct elf_parser *parser, uint32_t symbol)
{
    struct elf_object *object = parser->object;
    const Elf64_Sym *sym = &object->symbols.table[symbol];

    if (sym->st_name >= object->symbols.strings_size)
        return bad(parser, "name outside the string table", symbol);
    if ((sym->st_shndx != SHN_UNDEF || sym->st_value != 0) && !value_fits(object, sym))
        return bad(parser, "value outside the object", symbol);
    if (sym->st_shndx == SHN_UNDEF && sym->st_value != 0)
        object->has_canonical = true;
    return 0;
}

/** What most symbols are: a function or variable whose value is inside the object. */
struct plain {
    uint64_t names, start, span; /* not read again for each symbol */
};

static inline bool is_plain(const struct plain *plain, const Elf64_Sym *sym)
{
    return sym->st_name < plain->names && ELF64_ST_TYPE(sym->st_info) <= STT_FUNC
           && sym->st_shndx != SHN_UNDEF && sym->st_value - plain->start <= plain->span;
}

/** Exported symbols: those the hash tables can lead to. */
static int check_exported(struct elf_parser *parser)
{
    const struct elf_object *object = parser->object;
    const struct elf_symbols *symbols = &object->symbols;
    const struct plain plain = {symbols->strings_size, object->start, object->end - object->start};
    const Elf64_Sym *table = symbols->table;
    uint32_t first = symbols->sysv_buckets || !symbols->gnu_buckets ? 1 : symbols->gnu_first;

    for (uint32_t i = first, count = symbols->count; i < count; i++) {
        int error = is_plain(&plain, &table[i]) ? 0 : check_symbol(parser, i);
        if (error)
            return error;
    }
    return 0;
}

/** The next symbol from @i on that relocations use, or the number of symbols. Most are not used. */
static uint32_t next_used(const struct elf_parser *parser, uint32_t i)
{
    const uint8_t *uses = parser->uses;
    uint32_t count = parser->object->symbols.count;
    uint64_t eight;

    while (i < count && !uses[i]) {
        i++;
        while (i + 8 <= count && (memcpy(&eight, uses + i, 8), !eight))
            i += 8;
    }
    return i < count ? i : count;
}

static uint32_t count_references(const struct elf_parser *parser)
{
    uint32_t used = 0, count = parser->object->symbols.count;
    for (uint32_t i = next_used(parser, 1); i < count; i = next_used(parser, i + 1))
        used++;
    return used;
}

/** Hash every name that will be looked for, in the order of the symbol table. Many long names that
 *  share their ends could make this quadratic; the sum of all names is bounded instead. */
static int make_references(struct elf_parser *parser)
{
    struct elf_object *object = parser->object;
    uint32_t count = count_references(parser), n = 0;
    struct elf_reference *references = elf_alloc(parser->arena, count, sizeof(*references));
    uint64_t length, budget = 64 * object->symbols.strings_size + (1 << 16);

    if (!references)
        return elf_fail(parser->report, ERR_ENOMEM, object->file.name, "no memory for symbols");
    uint32_t end = object->symbols.count;
    for (uint32_t i = next_used(parser, 1); i < end; i = next_used(parser, i + 1)) {
        int error = check_symbol(parser, i);
        if (error)
            return error;
        uint32_t hash = elf_gnu_hash(elf_symbol_name(object, i), &length);
        if (length > budget)
            return elf_fail(parser->report, ERR_ECOMPLEX, object->file.name,
                            "names of symbols overlap too much");
        budget -= length;
        references[n++] = (struct elf_reference){ i, hash, parser->uses[i] };
    }
    object->references = references;
    object->reference_count = count;
    return 0;
}

int elf_parse_symbols(struct elf_parser *parser)
{
    int error = check_exported(parser);
    return error ? error : make_references(parser);
}

int elf_standalone(const struct elf_object *object, struct elf_report *report)
{
    int error = 0;
    for (uint32_t i = 0; i < object->needed_count; i++)
        error = elf_fail(report, ERR_ENOTSTANDALONE, object->file.name, "needs library %s",
                         object->needed[i]);
    for (uint32_t i = 0; i < object->reference_count; i++) {
        uint32_t symbol = object->references[i].symbol;
        const Elf64_Sym *sym = &object->symbols.table[symbol];
        if (sym->st_shndx == SHN_UNDEF && ELF64_ST_BIND(sym->st_info) != STB_WEAK)
            error = elf_fail(report, ERR_ENOTSTANDALONE, object->file.name, "needs symbol %s",
                             elf_symbol_name(object, symbol));
    }
    return error;
}
