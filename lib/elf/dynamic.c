/* SPDX-License-Identifier: BSD-2-Clause */
/* The dynamic section: which tables there are, and names. */
#include "elf/part.h"
#include <string.h>

enum { NEEDED_MAX = 4096 }; /* entries: each is compared with all members of a set */

static int bad(struct elf_parser *parser, const char *what)
{
    return elf_fail(parser->report, ERR_ECORRUPT, parser->object->file.name,
                    "dynamic section: %s", what);
}

static void take_entry(struct elf_parser *parser, const Elf64_Dyn *d)
{
    struct elf_dynamic *dynamic = &parser->dynamic;
    uint64_t value = d->d_un.d_val;

    switch (d->d_tag) {
    case DT_NEEDED:
        parser->object->needed_count++;
        break;
    case DT_GNU_HASH:
        dynamic->gnu_hash = value;
        break;
    case DT_VERSYM:
        dynamic->versym = value;
        break;
    case DT_VERNEED:
        dynamic->verneed = value;
        break;
    case DT_VERNEEDNUM:
        dynamic->verneed_count = value;
        break;
    case DT_VERDEF:
        dynamic->verdef = value;
        break;
    case DT_VERDEFNUM:
        dynamic->verdef_count = value;
        break;
    case DT_SYMBOLIC:
        parser->object->symbolic = true;
        break;
    case DT_TEXTREL:
        parser->object->text_relocations = true;
        break;
    default:
        if (d->d_tag > 0 && d->d_tag < ELF_DT_COUNT)
            dynamic->value[d->d_tag] = value;
    }
}

/** Fill the table; the entries after DT_NULL do not count. */
static int read_entries(struct elf_parser *parser, const Elf64_Dyn *d, uint64_t count)
{
    uint64_t i = 0;
    while (i < count && d[i].d_tag != DT_NULL)
        take_entry(parser, &d[i++]);
    if (i == count)
        return bad(parser, "no end");

    uint64_t flags = parser->dynamic.value[DT_FLAGS];
    parser->object->symbolic |= (flags & DF_SYMBOLIC) != 0;
    parser->object->text_relocations |= (flags & DF_TEXTREL) != 0;
    parser->object->static_tls = (flags & DF_STATIC_TLS) != 0;
    return 0;
}

static int check_sizes(struct elf_parser *parser)
{
    const uint64_t *v = parser->dynamic.value;

    if (v[DT_REL] || v[DT_RELSZ])
        return elf_fail(parser->report, ERR_EUNSUPPORTED, parser->object->file.name,
                        "relocations without addend (DT_REL) are not of this machine");
    if (v[DT_SYMENT] != sizeof(Elf64_Sym))
        return bad(parser, "bad size of a symbol");
    if (v[DT_RELASZ] && v[DT_RELAENT] != sizeof(Elf64_Rela))
        return bad(parser, "bad size of a relocation");
    if (v[DT_RELASZ] % sizeof(Elf64_Rela) || v[DT_PLTRELSZ] % sizeof(Elf64_Rela))
        return bad(parser, "table of relocations ends inside an entry");
    if (v[DT_PLTRELSZ] && v[DT_PLTREL] != DT_RELA)
        return bad(parser, "bad type of PLT relocations");
    if (v[ELF_DT_RELRSZ] % 8 || (v[ELF_DT_RELRSZ] && v[ELF_DT_RELRENT] != 8))
        return bad(parser, "bad size of packed relocations");
    return 0;
}

static int find_strings(struct elf_parser *parser)
{
    const uint64_t *v = parser->dynamic.value;
    struct elf_symbols *symbols = &parser->object->symbols;

    if (v[DT_STRTAB] && v[DT_STRSZ])
        symbols->strings = elf_bytes(parser->object, v[DT_STRTAB], v[DT_STRSZ]);
    if (!symbols->strings)
        return bad(parser, "no string table in the segments");
    symbols->strings_size = v[DT_STRSZ];
    if (symbols->strings[symbols->strings_size - 1] != 0)
        return bad(parser, "string table without an end");
    return 0;
}

/** How many symbols can be in the file at most: they end before the strings, or the segment. */
static int find_symbols(struct elf_parser *parser)
{
    struct elf_object *object = parser->object;
    uint64_t symtab = parser->dynamic.value[DT_SYMTAB], strtab = parser->dynamic.value[DT_STRTAB];
    const struct elf_segment *s = elf_segment_at(object, symtab, sizeof(Elf64_Sym));

    if (!symtab || symtab % 8 || !elf_bytes(object, symtab, sizeof(Elf64_Sym)))
        return bad(parser, "no symbol table in the segments");
    uint64_t end = s->vaddr + s->filesz;
    if (strtab > symtab && strtab < end)
        end = strtab;
    uint64_t limit = (end - symtab) / sizeof(Elf64_Sym);
    if (limit == 0 || limit >= 1u << 30)
        return bad(parser, "unreasonable symbol table");
    object->symbols.table = elf_bytes(object, symtab, sizeof(Elf64_Sym));
    parser->symbol_limit = limit;
    parser->symbol_end = 1;
    parser->uses = elf_alloc(parser->arena, limit, 1);
    if (!parser->uses)
        return elf_fail(parser->report, ERR_ENOMEM, object->file.name, "no memory for symbols");
    return 0;
}

/** Names are handed to file providers, so they are plain: no path, no variable of a system. */
static int check_needed(struct elf_parser *parser, const char *name)
{
    if (!name)
        return bad(parser, "name of a library outside the string table, or too long");
    if (!*name)
        return bad(parser, "empty name of a library");
    if (memchr(name, '/', strlen(name)) || memchr(name, '$', strlen(name)))
        return elf_fail(parser->report, ERR_EUNSUPPORTED, parser->object->file.name,
                        "needs a library by path: %s", name);
    return 0;
}

static int read_names(struct elf_parser *parser, const Elf64_Dyn *d)
{
    struct elf_object *object = parser->object;
    uint64_t soname = parser->dynamic.value[DT_SONAME], path = parser->dynamic.value[DT_RUNPATH];
    uint32_t n = 0;

    if (object->needed_count > NEEDED_MAX)
        return elf_fail(parser->report, ERR_ETOOMANY, object->file.name,
                        "needs more than %lu libraries", (unsigned long)NEEDED_MAX);
    object->needed = elf_alloc(parser->arena, object->needed_count, sizeof(*object->needed));
    if (!object->needed)
        return elf_fail(parser->report, ERR_ENOMEM, object->file.name, "no memory for names");
    for (; d->d_tag != DT_NULL; d++) {
        if (d->d_tag != DT_NEEDED)
            continue;
        object->needed[n] = elf_string(object, d->d_un.d_val);
        int error = check_needed(parser, object->needed[n++]);
        if (error)
            return error;
    }
    object->soname = soname ? elf_string(object, soname) : NULL;
    path = path ? path : parser->dynamic.value[DT_RPATH];
    object->runpath = path ? elf_string(object, path) : NULL;
    if ((soname && !object->soname) || (path && !object->runpath))
        return bad(parser, "name outside the string table, or too long");
    return 0;
}

static int read_function(struct elf_parser *parser, int tag, uint64_t *function)
{
    uint64_t vaddr = parser->dynamic.value[tag];
    const struct elf_segment *s = elf_segment_at(parser->object, vaddr, 1);

    if (vaddr && (!s || !(s->rights & PF_X)))
        return bad(parser, "constructor or destructor is not executable");
    *function = vaddr;
    return 0;
}

static int read_array(struct elf_parser *parser, int tag, int size_tag, struct elf_array *array)
{
    uint64_t vaddr = parser->dynamic.value[tag], size = parser->dynamic.value[size_tag];

    if (size == 0)
        return 0;
    if (size % 8 || vaddr % 8 || !elf_segment_at(parser->object, vaddr, size))
        return bad(parser, "array of constructors or destructors outside the segments");
    array->vaddr = vaddr;
    array->count = size / 8;
    return 0;
}

static int read_functions(struct elf_parser *parser)
{
    struct elf_object *o = parser->object;
    int error = read_function(parser, DT_INIT, &o->init);
    if (!error)
        error = read_function(parser, DT_FINI, &o->fini);
    if (!error)
        error = read_array(parser, DT_PREINIT_ARRAY, DT_PREINIT_ARRAYSZ, &o->preinit_array);
    if (!error)
        error = read_array(parser, DT_INIT_ARRAY, DT_INIT_ARRAYSZ, &o->init_array);
    if (!error)
        error = read_array(parser, DT_FINI_ARRAY, DT_FINI_ARRAYSZ, &o->fini_array);
    return error;
}

int elf_parse_dynamic(struct elf_parser *parser)
{
    struct elf_object *object = parser->object;
    const Elf64_Dyn *d = elf_bytes(object, object->dynamic, parser->dynamic_size);

    int error = read_entries(parser, d, parser->dynamic_size / sizeof(*d));
    if (!error)
        error = check_sizes(parser);
    if (!error)
        error = find_strings(parser);
    if (!error)
        error = find_symbols(parser);
    if (!error)
        error = read_names(parser, d);
    if (!error)
        error = read_functions(parser);
    return error;
}
