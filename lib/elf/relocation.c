/* SPDX-License-Identifier: BSD-2-Clause */
/* Relocation tables: every entry is checked here, once; relocate.c trusts them. */
#include "elf/part.h"

/** Walk through one table. Neighbours mostly hit the same segment and page. */
struct walk {
    struct elf_parser *parser;
    const struct elf_segment *segment; /* of the last target */
    uint64_t page;                     /* marked last; whole pages from vaddr 0 */
    uint64_t copy_budget;              /* bytes that COPY may still write */
};

static struct walk start_walk(struct elf_parser *parser)
{
    uint64_t span = parser->object->end - parser->object->start;
    return (struct walk){ .parser = parser, .page = UINT64_MAX, .copy_budget = span };
}

static int bad(struct walk *walk, const char *what, uint64_t vaddr)
{
    return elf_fail(walk->parser->report, ERR_ECORRUPT, walk->parser->object->file.name,
                    "relocation at 0x%lx: %s", (unsigned long)vaddr, what);
}

/** Remember that the page of @vaddr, which has file contents, is written. */
static void mark_page(struct walk *walk, uint64_t vaddr)
{
    const struct elf_segment *s = walk->segment;
    uint64_t page = vaddr / ELF_PAGE_SIZE;
    uint64_t bit = s->first_bit + page - s->vaddr / ELF_PAGE_SIZE;
    walk->parser->relocated[bit / 64] |= 1ull << (bit % 64);
    walk->page = page;
}

/** The target is in another segment than the one before. */
static int enter_segment(struct walk *walk, uint64_t vaddr, unsigned width)
{
    const struct elf_object *object = walk->parser->object;
    const struct elf_segment *s = elf_segment_at(object, vaddr, width);

    if (!s || !elf_inside(vaddr - s->vaddr, width, s->filesz))
        return bad(walk, "target outside the contents of the segments", vaddr);
    if (!(s->rights & PF_W) && !object->text_relocations)
        return bad(walk, "target in a read-only segment", vaddr);
    walk->segment = s;
    walk->page = UINT64_MAX;
    return 0;
}

/** May a relocation write @width bytes at @vaddr? All but COPY write what the file contains. */
static inline int check_target(struct walk *walk, uint64_t vaddr, unsigned width)
{
    const struct elf_segment *s = walk->segment;
    uint64_t last = vaddr + width - 1;

    if (!s || !elf_inside(vaddr - s->vaddr, width, s->filesz)) {
        int error = enter_segment(walk, vaddr, width);
        if (error)
            return error;
    }
    if (vaddr / ELF_PAGE_SIZE != walk->page)
        mark_page(walk, vaddr);
    if (last / ELF_PAGE_SIZE != walk->page)
        mark_page(walk, last);
    return 0;
}

/** Note who uses the symbol and how. */
static int check_symbol(struct walk *walk, const Elf64_Rela *r, const struct elf_howto *howto)
{
    struct elf_parser *parser = walk->parser;
    uint32_t symbol = ELF64_R_SYM(r->r_info);

    if (symbol >= parser->symbol_limit)
        return bad(walk, "symbol index out of range", r->r_offset);
    if (symbol >= parser->symbol_end)
        parser->symbol_end = symbol + 1;
    if (symbol) {
        parser->uses[symbol] |= howto->use;
        parser->object->relocations.symbolic_count++;
    }
    return 0;
}

static int check_indirect(struct walk *walk, const Elf64_Rela *r)
{
    const struct elf_segment *s = elf_segment_at(walk->parser->object, r->r_addend, 1);
    if (!s || !(s->rights & PF_X))
        return bad(walk, "indirect function is not executable", r->r_offset);
    walk->parser->object->relocations.irelative_count++;
    return 0;
}

/** A COPY is as large as the program says its symbol is. All together are no larger than the
 *  object, or copying could take for ever. */
static int check_copy(struct walk *walk, const Elf64_Rela *r, const struct elf_howto *howto)
{
    struct elf_object *object = walk->parser->object;
    int error = check_symbol(walk, r, howto);
    if (error)
        return error;
    uint64_t size = object->symbols.table[ELF64_R_SYM(r->r_info)].st_size;
    const struct elf_segment *s = elf_segment_at(object, r->r_offset, size);
    if (!s || !(s->rights & PF_W))
        return bad(walk, "copy to outside the writable segments", r->r_offset);
    if (ELF64_R_SYM(r->r_info) == 0 || size > walk->copy_budget)
        return bad(walk, "copy of nothing, or more copies than memory", r->r_offset);
    walk->copy_budget -= size;
    object->relocations.copy_count++;
    return 0;
}

static int check_entry(struct walk *walk, const Elf64_Rela *r)
{
    struct elf_parser *parser = walk->parser;
    const struct elf_howto *howto = elf_howto(r->r_info);
    int error = 0;

    switch (howto->formula) {
    case ELF_UNKNOWN:
        return elf_fail(parser->report, ERR_EUNSUPPORTED, parser->object->file.name,
                        "relocation at 0x%lx has unknown type %lu", (unsigned long)r->r_offset,
                        (unsigned long)ELF64_R_TYPE(r->r_info));
    case ELF_NONE:
        return 0;
    case ELF_RELATIVE:
        parser->object->relocations.relative_count++;
        break;
    case ELF_INDIRECT:
        error = check_indirect(walk, r);
        break;
    case ELF_COPY:
        return check_copy(walk, r, howto);
    default:
        error = check_symbol(walk, r, howto);
    }
    if (error)
        return error;
    return check_target(walk, r->r_offset, howto->width);
}

static int check_table(struct elf_parser *parser, const Elf64_Rela *table, uint32_t count)
{
    struct walk walk = start_walk(parser);
    int error = 0;
    for (uint32_t i = 0; i < count && !error; i++)
        error = check_entry(&walk, &table[i]);
    return error;
}

/** Linkers put the RELATIVE entries first, and they are most of all: worth a loop of their own. */
static int check_relative(struct elf_parser *parser)
{
    struct elf_relocations *r = &parser->object->relocations;
    struct walk walk = start_walk(parser);
    uint32_t i = 0;
    int error = 0;

    while (i < r->rela_count && ELF64_R_TYPE(r->rela[i].r_info) == R_X86_64_RELATIVE && !error)
        error = check_target(&walk, r->rela[i++].r_offset, 8);
    r->relative_first = i;
    r->relative_count = i;
    return error;
}

/** Find the table named by two tags; it lies in the file part of a segment. */
static int find_table(struct elf_parser *parser, uint64_t vaddr, uint64_t size, const void **table)
{
    if (size == 0)
        return 0;
    *table = vaddr % 8 ? NULL : elf_bytes(parser->object, vaddr, size);
    if (!*table || size / 8 > UINT32_MAX)
        return elf_fail(parser->report, ERR_ECORRUPT, parser->object->file.name,
                        "table of relocations outside the segments");
    return 0;
}

/** DT_RELA may include the entries of DT_JMPREL at its end; they count once. */
static void trim_plt(struct elf_relocations *r)
{
    uint64_t distance = (const char *)r->plt - (const char *)r->rela;
    if (!r->rela || !r->plt || distance % sizeof(*r->rela) ||
        distance / sizeof(*r->rela) >= r->rela_count)
        return;
    uint32_t shared = r->rela_count - distance / sizeof(*r->rela);
    shared = shared < r->plt_count ? shared : r->plt_count;
    r->plt += shared;
    r->plt_count -= shared;
}

static int parse_rela(struct elf_parser *parser)
{
    struct elf_relocations *r = &parser->object->relocations;
    const uint64_t *v = parser->dynamic.value;
    const void *rela = NULL, *plt = NULL;

    int error = find_table(parser, v[DT_RELA], v[DT_RELASZ], &rela);
    if (!error)
        error = find_table(parser, v[DT_JMPREL], v[DT_PLTRELSZ], &plt);
    if (error)
        return error;
    r->rela = rela;
    r->rela_count = rela ? v[DT_RELASZ] / sizeof(Elf64_Rela) : 0;
    r->plt = plt;
    r->plt_count = plt ? v[DT_PLTRELSZ] / sizeof(Elf64_Rela) : 0;
    trim_plt(r);
    error = check_relative(parser);
    if (!error && r->rela)
        error = check_table(parser, r->rela + r->relative_first, r->rela_count - r->relative_first);
    return error ? error : check_table(parser, r->plt, r->plt_count);
}

/** The words of a bitmap: bit k, k >= 1, relocates the word at @where + (k - 1) * 8. The checks
 *  are made for each, so that a bitmap may reach over a gap without relocations. */
static int check_bitmap(struct walk *walk, uint64_t where, uint64_t bitmap)
{
    for (bitmap >>= 1; bitmap; bitmap &= bitmap - 1) {
        uint64_t vaddr = where + 8 * (uint64_t)__builtin_ctzll(bitmap);
        int error = check_target(walk, vaddr, 8);
        if (error)
            return error;
        walk->parser->object->relocations.relative_count++;
    }
    return 0;
}

static int parse_relr(struct elf_parser *parser)
{
    struct elf_relocations *r = &parser->object->relocations;
    struct walk walk = start_walk(parser);
    const void *table = NULL;
    uint64_t where = 0;
    bool started = false;

    int error = find_table(parser, parser->dynamic.value[ELF_DT_RELR],
                           parser->dynamic.value[ELF_DT_RELRSZ], &table);
    if (error)
        return error;
    r->relr = table;
    r->relr_count = table ? parser->dynamic.value[ELF_DT_RELRSZ] / 8 : 0;
    for (uint32_t i = 0; i < r->relr_count && !error; i++) {
        uint64_t word = r->relr[i];
        if (word & 1) {
            error = started ? check_bitmap(&walk, where, word)
                            : bad(&walk, "packed relocations start with a bitmap", 0);
            where += 63 * 8;
        } else {
            error = check_bitmap(&walk, word, 2);
            where = word + 8;
            started = true;
        }
    }
    return error;
}

static void count_pages(struct elf_object *object)
{
    struct elf_relocations *r = &object->relocations;
    for (uint32_t i = 0; i < object->segment_count; i++) {
        const struct elf_segment *s = &object->segments[i];
        uint64_t pages = (elf_page_up(s->vaddr + s->filesz) - elf_page_down(s->vaddr)) /
                         ELF_PAGE_SIZE;
        for (uint64_t bit = s->first_bit; s->filesz && bit < s->first_bit + pages; bit++) {
            uint32_t hit = object->relocated[bit / 64] >> (bit % 64) & 1;
            r->page_count += hit;
            r->text_page_count += s->rights & PF_W ? 0 : hit;
        }
    }
}

int elf_parse_relocations(struct elf_parser *parser)
{
    int error = parse_rela(parser);
    if (!error)
        error = parse_relr(parser);
    if (!error)
        count_pages(parser->object);
    return error;
}
