/* SPDX-License-Identifier: BSD-2-Clause */
/* Symbol versions: one table from version index to name, of versions defined and needed. */
#include "elf/part.h"

#define VERSION_MAX 0x7fffu

static int bad(struct elf_parser *parser, const char *what)
{
    return elf_fail(parser->report, ERR_ECORRUPT, parser->object->file.name, "versions: %s", what);
}

/** The table while it is filled. */
struct table {
    struct elf_version *versions; /* NULL in the first pass, which finds the highest index */
    uint32_t count;
};

static int enter(struct elf_parser *parser, struct table *table, uint32_t index, uint64_t name)
{
    const char *text = elf_string(parser->object, name);
    uint64_t length;

    if (index == 0 || index > VERSION_MAX)
        return bad(parser, "bad index");
    if (!text)
        return bad(parser, "name outside the string table, or too long");
    if (index >= table->count)
        table->count = index + 1;
    if (table->versions) {
        table->versions[index].name = text;
        table->versions[index].hash = elf_gnu_hash(text, &length);
    }
    return 0;
}

/** Entries are linked by forward distances: they may not leave the file, nor come back. */
static int read_needed(struct elf_parser *parser, struct table *table)
{
    uint64_t vaddr = parser->dynamic.verneed, steps = 0;

    for (uint64_t left = parser->dynamic.verneed_count; left; left--) {
        const Elf64_Verneed *need = elf_bytes(parser->object, vaddr, sizeof(*need));
        if (!need || vaddr % 4 || need->vn_version != VER_NEED_CURRENT)
            return bad(parser, "needed versions outside the segments");
        uint64_t at = vaddr + need->vn_aux;
        for (uint32_t i = 0; i < need->vn_cnt; i++) {
            const Elf64_Vernaux *aux = elf_bytes(parser->object, at, sizeof(*aux));
            if (!aux || at % 4 || ++steps > VERSION_MAX)
                return bad(parser, "needed version outside the segments");
            int error = enter(parser, table, aux->vna_other & 0x7fff, aux->vna_name);
            if (error)
                return error;
            if (aux->vna_next == 0 && i + 1 < need->vn_cnt)
                return bad(parser, "list of needed versions too short");
            at += aux->vna_next;
        }
        if (left > 1 && need->vn_next == 0)
            return bad(parser, "list of needed versions too short");
        vaddr += need->vn_next;
    }
    return 0;
}

static int read_defined(struct elf_parser *parser, struct table *table)
{
    uint64_t vaddr = parser->dynamic.verdef, steps = 0;

    for (uint64_t left = parser->dynamic.verdef_count; left; left--) {
        const Elf64_Verdef *def = elf_bytes(parser->object, vaddr, sizeof(*def));
        if (!def || vaddr % 4 || def->vd_version != VER_DEF_CURRENT || ++steps > VERSION_MAX)
            return bad(parser, "defined versions outside the segments");
        const Elf64_Verdaux *aux = elf_bytes(parser->object, vaddr + def->vd_aux, sizeof(*aux));
        if (!aux || (vaddr + def->vd_aux) % 4 || def->vd_cnt == 0)
            return bad(parser, "defined version outside the segments");
        int error = enter(parser, table, def->vd_ndx & 0x7fff, aux->vda_name);
        if (error)
            return error;
        if (left > 1 && def->vd_next == 0)
            return bad(parser, "list of defined versions too short");
        vaddr += def->vd_next;
    }
    return 0;
}

static int read_both(struct elf_parser *parser, struct table *table)
{
    int error = read_needed(parser, table);
    return error ? error : read_defined(parser, table);
}

int elf_parse_versions(struct elf_parser *parser)
{
    struct elf_object *object = parser->object;
    struct elf_symbols *symbols = &object->symbols;
    uint64_t versym = parser->dynamic.versym;
    struct table table = { NULL, 2 };

    symbols->count = parser->symbol_end;
    if (!versym)
        return 0;
    if (versym % 2 || !elf_bytes(object, versym, symbols->count * 2ull))
        return bad(parser, "table outside the segments");
    int error = read_both(parser, &table);
    if (error)
        return error;
    table.versions = elf_alloc(parser->arena, table.count, sizeof(*table.versions));
    if (!table.versions)
        return elf_fail(parser->report, ERR_ENOMEM, object->file.name, "no memory for versions");
    read_both(parser, &table);
    symbols->versions = table.versions;
    symbols->version_count = table.count;
    symbols->version_of = elf_bytes(object, versym, symbols->count * 2ull);
    return 0;
}
