/* SPDX-License-Identifier: BSD-2-Clause */
/* From the whole text to the whole tree. Nothing here or below recurses. */
#include "script/parser.h"

#include <string.h>

/* The script and what it stands on; both in the first block of the arena. */
struct store {
    struct script script;
    struct arena arena;
};

/* Words that are known, but only inside a statement. */
static const struct {
    const char *word, *place;
} inner_words[] = {
    { "in", "behind a module or the size of memory" },
    { "at", "behind a module or the size of memory" },
    { "is", "behind the size and range of memory" },
    { "dma_able", "behind the size and range of memory" },
    { "dmaable", "behind the size and range of memory" },
    { "contiguous", "behind the size and range of memory" },
    { "pool", "inside the \"is [ ]\" of memory" },
    { "template", "behind \"task\"" },
};

static const char *inner_word_place(const struct parser *parser)
{
    for (size_t i = 0; i < sizeof(inner_words) / sizeof(inner_words[0]); i++) {
        if (token_is(parser, inner_words[i].word))
            return inner_words[i].place;
    }
    return NULL;
}

static bool report_unknown(struct parser *parser)
{
    const struct token *token = &parser->token;
    const char *nearest = statement_nearest(parser, token);
    if (!nearest)
        return report(parser, &token->spot, "unknown keyword \"%s\"", show(parser, token).text);
    /* What follows belongs to the misspelled task, not to the one before. */
    if (strcmp(nearest, "task") == 0)
        parser->section.kind = SECTION_LOST;
    return report(parser, &token->spot, "unknown keyword \"%s\"; did you mean \"%s\"?",
                  show(parser, token).text, nearest);
}

/* The next token begins no statement. */
static bool report_stray(struct parser *parser)
{
    const struct token *token = &parser->token;
    if (token->kind == TOKEN_BAD)
        return false;
    if (token->kind == TOKEN_STRING)
        return report(parser, &token->spot, "this string belongs to nothing");
    if (token->kind != TOKEN_WORD)
        return report(parser, &token->spot, "\"%s\" belongs to nothing",
                      show(parser, token).text);
    const char *place = inner_word_place(parser);
    if (place)
        return report(parser, &token->spot, "\"%s\" belongs %s", show(parser, token).text, place);
    return report_unknown(parser);
}

/* A keyword; or, at the beginning of a line, a word that was meant as one. */
static bool begins_statement(const struct parser *parser, uint32_t line_before)
{
    const struct token *token = &parser->token;
    return statement_find(parser, token)
        || (token->kind == TOKEN_WORD && token->spot.place.line != line_before
            && !inner_word_place(parser));
}

/* After an error: go on to what looks like a statement. A stray token is left behind at once. */
static void skip_to_statement(struct parser *parser, bool stray)
{
    bool inside = false; /* brackets */
    uint32_t line = parser->token.spot.place.line;
    for (; parser->token.kind != TOKEN_END; parser_advance(parser), stray = false) {
        if (token_is(parser, "["))
            inside = true;
        else if (token_is(parser, "]"))
            inside = false;
        else if (token_is(parser, "task"))
            return;
        else if (!inside && !stray && begins_statement(parser, line))
            return;
        line = parser->token.spot.place.line;
    }
}

static void parse_file(struct parser *parser)
{
    lexer_init(&parser->lexer, parser->source);
    parser_advance(parser);
    while (parser->token.kind != TOKEN_END) {
        const struct statement *statement = statement_find(parser, &parser->token);
        bool fine = statement ? statement_run(parser, statement) : report_stray(parser);
        if (fine)
            continue;
        if (parser->section.kind == SECTION_NONE)
            parser->section.kind = SECTION_LOST;
        skip_to_statement(parser, !statement);
    }
    section_close(parser);
}

/* Connect a zeroed parser with its script and set the defaults. */
static void parser_init(struct parser *parser, struct store *store)
{
    struct script *script = &store->script;
    parser->arena = &store->arena;
    parser->script = script;
    parser->jobs = &script->jobs;
    parser->quotas = &script->quotas;
    parser->notes = &script->notes;
    parser->template.priority = SCRIPT_PRIORITY;
    parser->section.task = &parser->lost;
    parser->section.modules = &parser->lost.modules;
    parser->section.regions = &parser->lost.regions;
    parser->section.ports = &parser->lost.ports;
    parser->section.partners = &parser->lost.partners;
}

/* Make a parser, let @work fill the script, and give up the script if there were errors. */
static struct script *parse_with(void (*work)(struct parser *parser),
                                 const struct script_source *source,
                                 const struct script_memory *memory, struct script_errors *errors)
{
    struct arena first = { .memory = *memory };
    struct parser parser = { .source = source, .errors = errors, .arena = &first };
    errors->count = 0;
    errors->more = errors->no_memory = false;
    parser.token.spot.place = (struct script_place){ 1, 1 };
    if (source->length > UINT32_MAX) {
        report(&parser, &parser.token.spot, "the script is larger than 4 GB");
        return NULL;
    }
    struct store *store = parser_alloc(&parser, sizeof(*store));
    if (!store)
        return NULL;
    store->arena = first;
    parser_init(&parser, store);
    work(&parser);
    if (!errors->count)
        return &store->script;
    script_free(&store->script);
    return NULL;
}

struct script *script_parse(const struct script_source *source,
                            const struct script_memory *memory, struct script_errors *errors)
{
    return parse_with(parse_file, source, memory, errors);
}

struct script *script_program(const struct script_source *command,
                              const struct script_memory *memory, struct script_errors *errors)
{
    return parse_with(parse_command, command, memory, errors);
}

void script_free(struct script *script)
{
    if (!script)
        return;
    struct arena arena = ((struct store *)(void *)script)->arena;
    arena_free(&arena);
}
