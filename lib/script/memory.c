/* SPDX-License-Identifier: BSD-2-Clause */
/* "memory" SIZE [ range ] [ "is" "[" { flag } "]" ] { bare flag } */
#include "script/parser.h"

#include <string.h>

struct memory_flag {
    const char *word;
    uint32_t bit;      /* 0: pool */
    bool ambiguous;    /* standing bare, it may as well be a flag of the task */
};

static const struct memory_flag memory_flags[] = {
    { "dma_able", SCRIPT_MEMORY_DMA_ABLE, false },
    { "dmaable", SCRIPT_MEMORY_DMA_ABLE, false },
    { "contiguous", SCRIPT_MEMORY_CONTIGUOUS, false },
    { "direct_mapped", SCRIPT_MEMORY_DIRECT_MAPPED, true },
    { "nosuperpages", SCRIPT_MEMORY_NOSUPERPAGES, true },
    { "pool", 0, false },
    { 0 },
};

/* The clause at work. */
struct clause {
    struct script_region *region;
    struct spot size;      /* where the size stands */
    bool bracket;          /* is [ ] was there */
    bool pool;             /* so was pool */
};

static const struct memory_flag *find_flag(const struct parser *parser)
{
    for (const struct memory_flag *flag = memory_flags; flag->word; flag++) {
        if (token_is(parser, flag->word))
            return flag;
    }
    return NULL;
}

static bool unknown_flag(struct parser *parser)
{
    struct token *token = &parser->token;
    struct nearest nearest;
    if (token->kind != TOKEN_WORD)
        return report_expected(parser, "a memory flag or \"]\"");
    nearest_init(&nearest, parser->source->text + token->spot.offset,
                 token->end - token->spot.offset);
    for (const struct memory_flag *flag = memory_flags; flag->word; flag++)
        nearest_offer(&nearest, flag->word);
    if (nearest.best)
        return report(parser, &token->spot, "unknown memory flag \"%s\"; did you mean \"%s\"?",
                      show(parser, token).text, nearest.best);
    return report(parser, &token->spot, "unknown memory flag \"%s\"; known are dma_able, "
                  "contiguous, direct_mapped, nosuperpages and pool", show(parser, token).text);
}

/* Take the flag at hand, with the number of a pool. */
static bool take_flag(struct parser *parser, struct clause *clause, const struct memory_flag *flag)
{
    struct script_region *region = clause->region;
    bool twice = flag->bit ? region->flags & flag->bit : clause->pool;
    if (twice)
        report(parser, &parser->token.spot, "memory flag \"%s\" is given twice", flag->word);
    parser_advance(parser);
    region->flags |= flag->bit;
    if (flag->bit)
        return !twice;
    uint64_t pool;
    if (!take_bounded(parser, "a pool", (struct bounds){ 0, 7 }, &pool))
        return false;
    region->pool = (uint32_t)pool;
    clause->pool = true;
    return !twice;
}

/* "is" "[" { flag } "]": unknown words and commas are passed over to read the list to its end. */
static bool take_bracket(struct parser *parser, struct clause *clause)
{
    bool fine = true;
    if (!take_if(parser, "is"))
        return true;
    clause->bracket = true;
    if (!take_sign(parser, "[", "behind \"is\""))
        return false;
    while (!take_if(parser, "]")) {
        const struct memory_flag *flag = find_flag(parser);
        if (flag) {
            fine &= take_flag(parser, clause, flag);
            continue;
        }
        fine = unknown_flag(parser);
        bool word = parser->token.kind == TOKEN_WORD && !statement_find(parser, &parser->token);
        if (!word && !token_is(parser, ","))
            return false;
        parser_advance(parser);
    }
    return fine;
}

/*
 * Flags without brackets. direct_mapped and nosuperpages are flags of the memory if they stand on
 * the line of its size and no brackets came between, else of the task: so read, all scripts of
 * the first and of the later generations come out as their authors meant them.
 */
static bool take_bare(struct parser *parser, struct clause *clause)
{
    const struct memory_flag *flag;
    bool fine = true;
    while ((flag = find_flag(parser)) && flag->bit) {
        const struct spot spot = parser->token.spot;
        if (flag->ambiguous && (clause->bracket || spot.place.line != clause->size.place.line)) {
            note(parser, &spot, "\"%s\" is read as a flag of the task: %s", flag->word,
                 clause->bracket ? "the flags of the memory are in brackets"
                                 : "the size of the memory is on another line");
            break;
        }
        if (flag->ambiguous)
            note(parser, &spot, "\"%s\" is read as a flag of the memory on its line", flag->word);
        fine &= take_flag(parser, clause, flag);
    }
    return fine;
}

/* What dma_able implies. */
static bool settle_flags(struct parser *parser, struct clause *clause)
{
    struct script_region *region = clause->region;
    if (!(region->flags & SCRIPT_MEMORY_DMA_ABLE))
        return true;
    if (clause->pool && region->pool != SCRIPT_POOL_DMA)
        return report(parser, &clause->size, "dma_able memory comes from pool %u, not from %u",
                      SCRIPT_POOL_DMA, region->pool);
    region->pool = SCRIPT_POOL_DMA;
    region->flags |= SCRIPT_MEMORY_CONTIGUOUS | SCRIPT_MEMORY_DIRECT_MAPPED;
    return true;
}

/* The memory must fit where it shall be. */
static bool check_place(struct parser *parser, const struct clause *clause)
{
    const struct script_region *region = clause->region;
    bool dma = region->flags & SCRIPT_MEMORY_DMA_ABLE;
    uint64_t limit = dma ? SCRIPT_DMA_END : SCRIPT_ADDRESS_END;
    uint64_t start = 0, end = limit;
    if (region->range.kind != SCRIPT_ANYWHERE)
        start = (region->range.start + SCRIPT_PAGE - 1) & ~(uint64_t)(SCRIPT_PAGE - 1);
    if (region->range.kind == SCRIPT_IN && region->range.end < end)
        end = region->range.end;
    if (start <= end && region->size <= end - start)
        return true;
    return report(parser, &clause->size, "%llu KB of memory do not fit %s",
                  (unsigned long long)(region->size >> 10),
                  dma ? "below 16 MB, where dma_able memory lies"
                      : region->range.kind == SCRIPT_IN ? "into the range"
                                                        : "below the end of the address space");
}

bool parse_memory(struct parser *parser, const struct statement *statement)
{
    (void)statement;
    struct section *section = &parser->section;
    struct script_region *region = parser_alloc(parser, sizeof(*region));
    struct clause clause = { .region = region, .size = parser->token.spot };
    if (!region)
        return false;
    region->place = parser->keyword.place;
    if (!take_pages(parser, "the size of memory", &region->size)
        || !take_range(parser, &region->range)
        || !take_bracket(parser, &clause)
        || !take_bare(parser, &clause)
        || !settle_flags(parser, &clause)
        || !check_place(parser, &clause))
        return false;
    *section->regions = region;
    section->regions = &region->next;
    section->task->region_count++;
    return true;
}
