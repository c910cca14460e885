/* SPDX-License-Identifier: BSD-2-Clause */
/* The two kinds of hash tables: checked here once, walked by lookup.c. */
#include "elf/part.h"

static int bad(struct elf_parser *parser, const char *what)
{
    return elf_fail(parser->report, ERR_ECORRUPT, parser->object->file.name, "hash table: %s",
                    what);
}

/** A chain that meets itself would be walked for ever. All together have one step a symbol. */
static int check_sysv_chains(struct elf_parser *parser, uint32_t count)
{
    const struct elf_symbols *symbols = &parser->object->symbols;
    uint64_t steps = 0;

    for (uint32_t b = 0; b < symbols->sysv_bucket_count; b++) {
        for (uint32_t i = symbols->sysv_buckets[b]; i != 0; i = symbols->sysv_chain[i]) {
            if (i >= count)
                return bad(parser, "symbol index out of range");
            if (++steps >= count)
                return bad(parser, "chain without end");
        }
    }
    return 0;
}

static int parse_sysv(struct elf_parser *parser)
{
    struct elf_object *object = parser->object;
    struct elf_symbols *symbols = &object->symbols;
    uint64_t vaddr = parser->dynamic.value[DT_HASH];
    const uint32_t *head = elf_bytes(object, vaddr, 8);

    if (!head || vaddr % 4)
        return bad(parser, "outside the segments");
    uint32_t buckets = head[0], count = head[1];
    if (buckets == 0 || count == 0 || count > parser->symbol_limit)
        return bad(parser, "bad number of buckets or symbols");
    if (!elf_bytes(object, vaddr, 4 * (2 + (uint64_t)buckets + count)))
        return bad(parser, "larger than its segment");
    symbols->sysv_bucket_count = buckets;
    symbols->sysv_buckets = head + 2;
    symbols->sysv_chain = head + 2 + buckets;
    parser->symbol_end = count;
    return check_sysv_chains(parser, count);
}

/** The highest symbol of all chains: the highest bucket's chain ends last. Its end is searched in
 *  the file, so every other chain ends too, at the latest there. */
static int check_gnu_chains(struct elf_parser *parser, uint32_t room)
{
    struct elf_symbols *symbols = &parser->object->symbols;
    uint32_t highest = 0;

    for (uint32_t b = 0; b < symbols->gnu_bucket_count; b++) {
        uint32_t first = symbols->gnu_buckets[b];
        if (first != 0 && first < symbols->gnu_first)
            return bad(parser, "bucket below the first symbol");
        if (first > highest)
            highest = first;
    }
    if (highest == 0)
        return 0;
    uint32_t step = highest - symbols->gnu_first;
    while (step < room && !(symbols->gnu_chain[step] & 1))
        step++;
    uint64_t end = (uint64_t)symbols->gnu_first + step + 1;
    if (step >= room || end > parser->symbol_limit)
        return bad(parser, "symbol index out of range, or chain without end");
    if (end > parser->symbol_end)
        parser->symbol_end = end;
    return 0;
}

static int parse_gnu(struct elf_parser *parser)
{
    struct elf_object *object = parser->object;
    struct elf_symbols *symbols = &object->symbols;
    uint64_t vaddr = parser->dynamic.gnu_hash;
    const uint32_t *head = elf_bytes(object, vaddr, 16);

    if (!head || vaddr % 8)
        return bad(parser, "outside the segments");
    uint32_t buckets = head[0], first = head[1], bloom = head[2], shift = head[3];
    if (buckets == 0 || first == 0 || !elf_power_of_two(bloom) || shift >= 32)
        return bad(parser, "bad sizes");
    uint64_t fixed_part = 16 + 8 * (uint64_t)bloom + 4 * (uint64_t)buckets;
    if (!elf_bytes(object, vaddr, fixed_part))
        return bad(parser, "larger than its segment");

    const struct elf_segment *s = elf_segment_at(object, vaddr, 16);
    uint64_t room = (s->vaddr + s->filesz - (vaddr + fixed_part)) / 4;
    symbols->bloom = (const void *)(head + 4);
    symbols->bloom_mask = bloom - 1;
    symbols->bloom_shift = shift;
    symbols->gnu_bucket_count = buckets;
    symbols->gnu_buckets = (const void *)(symbols->bloom + bloom);
    symbols->gnu_chain = symbols->gnu_buckets + buckets;
    symbols->gnu_first = first;
    return check_gnu_chains(parser, room < UINT32_MAX ? room : UINT32_MAX);
}

int elf_parse_hash(struct elf_parser *parser)
{
    int error = 0;
    if (parser->dynamic.value[DT_HASH])
        error = parse_sysv(parser);
    if (!error && parser->dynamic.gnu_hash)
        error = parse_gnu(parser);
    return error;
}
