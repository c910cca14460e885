/* SPDX-License-Identifier: BSD-2-Clause */
/* The pieces statements are made of: signs, strings, numbers, sizes, times. */
#include "script/parser.h"

#include <stdio.h>
#include <string.h>

/* Take the next token from the text. Bad ones are reported here, once. */
void parser_advance(struct parser *parser)
{
    parser->behind = parser->lexer.now;
    lexer_next(&parser->lexer, &parser->token);
    if (parser->token.kind == TOKEN_BAD)
        report(parser, &parser->token.spot, "%s", parser->token.problem);
    if (parser->stopped)
        parser->token.kind = TOKEN_END;
}

/* Zeroed memory of the script; null after the error for it was reported. */
void *parser_alloc(struct parser *parser, size_t size)
{
    void *piece = arena_alloc(parser->arena, size);
    if (!piece && !parser->errors->no_memory) {
        if (parser->errors->count == SCRIPT_ERRORS_MAX)
            parser->errors->count--;
        parser->stopped = false;
        report(parser, &parser->token.spot, "out of memory");
        parser->errors->no_memory = true;
        parser->stopped = true;
    }
    return piece;
}

/* Is the next token this word or sign? */
bool token_is(const struct parser *parser, const char *text)
{
    const struct token *token = &parser->token;
    size_t length = token->end - token->spot.offset;
    return (token->kind == TOKEN_WORD || token->kind == TOKEN_SIGN) && strlen(text) == length
        && memcmp(parser->source->text + token->spot.offset, text, length) == 0;
}

bool take_if(struct parser *parser, const char *text)
{
    if (!token_is(parser, text))
        return false;
    parser_advance(parser);
    return true;
}

/* Take a sign that must come here. */
bool take_sign(struct parser *parser, const char *sign, const char *purpose)
{
    char what[80];
    if (take_if(parser, sign))
        return true;
    snprintf(what, sizeof(what), "\"%s\" %s", sign, purpose);
    return report_expected(parser, what);
}

static bool is_space(char c)
{
    return c == ' ' || c == '\t';
}

/* Length of the backslash and line end at @text, 0 if there is no such thing. */
static size_t continuation(const char *text, size_t left)
{
    if (left >= 2 && text[0] == '\\' && text[1] == '\n')
        return 2;
    return left >= 3 && text[0] == '\\' && text[1] == '\r' && text[2] == '\n' ? 3 : 0;
}

/* Copy the inside of a string. A line continued by a backslash becomes one blank. */
static void copy_folded(char *to, const char *from, size_t length)
{
    char *start = to;
    for (size_t i = 0; i < length;) {
        size_t skip = continuation(from + i, length - i);
        if (!skip) {
            *to++ = from[i++];
            continue;
        }
        for (i += skip; i < length && is_space(from[i]);)
            i++;
        while (to > start && is_space(to[-1]))
            to--;
        *to++ = ' ';
    }
    *to = 0;
}

/* Take a string; @what names it in the error. */
bool take_string(struct parser *parser, const char *what, const char **string)
{
    const struct token *token = &parser->token;
    if (token->kind != TOKEN_STRING) {
        char text[80];
        snprintf(text, sizeof(text), "%s in quotes", what);
        return report_expected(parser, text);
    }
    size_t length = token->end - token->spot.offset - 2;
    char *copy = parser_alloc(parser, length + 1);
    if (!copy)
        return false;
    copy_folded(copy, parser->source->text + token->spot.offset + 1, length);
    *string = copy;
    parser_advance(parser);
    return true;
}

/* Take a string that must not be empty. */
bool take_name(struct parser *parser, const char *what, const char **name)
{
    struct spot spot = parser->token.spot;
    const char *string;
    if (!take_string(parser, what, &string))
        return false;
    if (!*string)
        return report(parser, &spot, "%s is empty", what);
    *name = string;
    return true;
}

/* The letters that touch the number at hand. */
static struct token suffix_of(const struct token *number)
{
    struct token suffix = *number;
    suffix.kind = TOKEN_WORD;
    suffix.spot.offset += number->digits;
    suffix.spot.place.column += (uint32_t)number->digits;
    return suffix;
}

/* Take a number without a unit. */
bool take_number(struct parser *parser, const char *what, uint64_t *value)
{
    const struct token *token = &parser->token;
    if (token->kind != TOKEN_NUMBER) {
        char text[80];
        snprintf(text, sizeof(text), "a number (%s)", what);
        return report_expected(parser, text);
    }
    struct token suffix = suffix_of(token);
    *value = token->value;
    if (suffix.spot.offset < suffix.end) {
        report(parser, &suffix.spot, "%s has no unit: \"%s\" cannot follow the number", what,
               show(parser, &suffix).text);
        parser_advance(parser);
        return false;
    }
    parser_advance(parser);
    return true;
}

bool take_bounded(struct parser *parser, const char *what, struct bounds bounds, uint64_t *value)
{
    struct token number = parser->token;
    if (!take_number(parser, what, value))
        return false;
    if (*value < bounds.low || *value > bounds.high)
        return report(parser, &number.spot, "%s is %llu to %llu, not %s", what,
                      (unsigned long long)bounds.low, (unsigned long long)bounds.high,
                      show(parser, &number).text);
    return true;
}

struct unit {
    const char *word;
    uint64_t factor;
};

static const struct unit size_units[] = {
    { "KB", 1u << 10 }, { "kB", 1u << 10 }, { "Kb", 1u << 10 }, { "kb", 1u << 10 },
    { "MB", 1u << 20 }, { "mB", 1u << 20 }, { "Mb", 1u << 20 }, { "mb", 1u << 20 },
    { "GB", 1u << 30 }, { "gB", 1u << 30 }, { "Gb", 1u << 30 }, { "gb", 1u << 30 },
    { 0 },
};

static const struct unit time_units[] = {
    { "ms", 1 }, { "s", 1000 }, { "min", 60 * 1000 }, { "h", 60 * 60 * 1000 }, { 0 },
};

static const struct unit *find_unit(const struct parser *parser, const struct token *token,
                                    const struct unit *units)
{
    size_t length = token->end - token->spot.offset;
    const char *text = parser->source->text + token->spot.offset;
    for (; units->word; units++) {
        if (strlen(units->word) == length && memcmp(units->word, text, length) == 0)
            return units;
    }
    return NULL;
}

/* A kind of number with units. */
struct measure {
    const char *what;
    const struct unit *units, *plain; /* plain: the unit of a number without one */
    const char *known;
};

static bool take_measure(struct parser *parser, const struct measure *measure, uint64_t *value)
{
    struct token number = parser->token;
    if (number.kind != TOKEN_NUMBER)
        return report_expected(parser, measure->what);
    struct token suffix = suffix_of(&number);
    const struct unit *unit = measure->plain;
    parser_advance(parser);
    if (suffix.spot.offset < suffix.end) {
        unit = find_unit(parser, &suffix, measure->units);
        if (!unit)
            return report(parser, &suffix.spot, "unknown unit \"%s\"; known are %s",
                          show(parser, &suffix).text, measure->known);
    } else if (parser->token.kind == TOKEN_WORD) {
        const struct unit *apart = find_unit(parser, &parser->token, measure->units);
        if (apart) {
            unit = apart;
            parser_advance(parser);
        }
    }
    if (__builtin_mul_overflow(number.value, unit->factor, value))
        return report(parser, &number.spot, "%s does not fit into 64 bits", measure->what);
    return true;
}

bool take_size(struct parser *parser, const char *what, uint64_t *bytes)
{
    static const struct unit byte = { "", 1 };
    struct measure size = { what, size_units, &byte, "KB, MB and GB" };
    return take_measure(parser, &size, bytes);
}

/* Take a size of at least one byte and round it up to pages. */
bool take_pages(struct parser *parser, const char *what, uint64_t *bytes)
{
    struct token number = parser->token;
    uint64_t size;
    if (!take_size(parser, what, &size))
        return false;
    if (size == 0)
        return report(parser, &number.spot, "%s is 0", what);
    if (size > SCRIPT_ADDRESS_END)
        return report(parser, &number.spot, "%s is larger than an address space", what);
    *bytes = (size + SCRIPT_PAGE - 1) & ~(uint64_t)(SCRIPT_PAGE - 1);
    return true;
}

/* Take a time, at most SCRIPT_SLEEP_MAX. */
bool take_time(struct parser *parser, uint64_t *milliseconds)
{
    struct measure time = { "a time", time_units, &time_units[1], "ms, s, min and h" };
    struct token number = parser->token;
    if (!take_measure(parser, &time, milliseconds))
        return false;
    return *milliseconds <= SCRIPT_SLEEP_MAX
        || report(parser, &number.spot, "a time is at most %llu hours",
                  (unsigned long long)(SCRIPT_SLEEP_MAX / (60 * 60 * 1000)));
}
