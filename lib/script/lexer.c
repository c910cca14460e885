/* SPDX-License-Identifier: BSD-2-Clause */
/* Text to tokens. Every byte of the text may be anything; nothing is read behind its end. */
#include "script/lexer.h"

#include <string.h>

void lexer_init(struct lexer *lexer, const struct script_source *source)
{
    *lexer = (struct lexer){
        .text = source->text,
        .length = source->length,
        .now = { .offset = 0, .place = { 1, 1 } },
    };
}

static bool at_end(const struct lexer *lexer)
{
    return lexer->now.offset >= lexer->length;
}

/* The byte @ahead of the present one; 0 behind the end, as for a NUL. */
static unsigned char peek(const struct lexer *lexer, size_t ahead)
{
    size_t left = lexer->length - lexer->now.offset;
    return ahead < left ? (unsigned char)lexer->text[lexer->now.offset + ahead] : 0;
}

/* Move on by one byte. Continuation bytes of UTF-8 take no column. */
static void step(struct lexer *lexer)
{
    lexer->now.offset++;
    if (lexer->text[lexer->now.offset - 1] == '\n') {
        lexer->now.place.line++;
        lexer->now.place.column = 1;
    } else if ((peek(lexer, 0) & 0xc0) != 0x80) {
        lexer->now.place.column++;
    }
}

static bool is_blank(unsigned char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\f' || c == '\n' || c == 0x1a;
}

static bool is_digit(unsigned char c)
{
    return c >= '0' && c <= '9';
}

static bool is_letter(unsigned char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

/* The hyphen is no operator; as part of words it makes `dma-able` one mistake instead of three. */
static bool is_word(unsigned char c)
{
    return is_letter(c) || is_digit(c) || c == '-';
}

static void bad(struct token *token, const struct spot *spot, const char *problem)
{
    token->kind = TOKEN_BAD;
    token->spot = *spot;
    token->problem = problem;
}

/* Skip up to the end of the line. A NUL hides in comments too. */
static void skip_comment(struct lexer *lexer, struct token *token)
{
    while (!at_end(lexer) && peek(lexer, 0) != '\n') {
        if (peek(lexer, 0) == 0 && token->kind != TOKEN_BAD)
            bad(token, &lexer->now, "NUL byte in a comment");
        step(lexer);
    }
}

static void lex_string(struct lexer *lexer, struct token *token)
{
    unsigned char quote = peek(lexer, 0);
    token->kind = TOKEN_STRING;
    step(lexer);
    while (!at_end(lexer) && peek(lexer, 0) != quote) {
        if (peek(lexer, 0) == 0 && token->kind != TOKEN_BAD)
            bad(token, &lexer->now, "NUL byte in a string");
        step(lexer);
    }
    if (!at_end(lexer))
        step(lexer);
    else if (token->kind != TOKEN_BAD)
        bad(token, &token->spot, "this string never ends");
}

/* Value of a digit in @base, or -1. */
static int digit_value(unsigned char c, unsigned base)
{
    if (is_digit(c))
        return c - '0';
    unsigned char low = c | 0x20;
    return base == 16 && low >= 'a' && low <= 'f' ? low - 'a' + 10 : -1;
}

static void lex_number(struct lexer *lexer, struct token *token)
{
    size_t start = lexer->now.offset;
    unsigned base = peek(lexer, 0) == '0' && peek(lexer, 1) == 'x' ? 16 : 10;
    bool leading_zero = peek(lexer, 0) == '0' && is_digit(peek(lexer, 1));
    bool overflow = false;

    token->kind = TOKEN_NUMBER;
    if (base == 16) {
        step(lexer);
        step(lexer);
    }
    size_t first = lexer->now.offset;
    for (int digit; (digit = digit_value(peek(lexer, 0), base)) >= 0; step(lexer)) {
        overflow |= __builtin_mul_overflow(token->value, base, &token->value);
        overflow |= __builtin_add_overflow(token->value, (uint64_t)digit, &token->value);
    }
    token->digits = lexer->now.offset - start;
    bool empty = lexer->now.offset == first;
    while (is_word(peek(lexer, 0)))
        step(lexer);

    if (empty)
        bad(token, &token->spot, "hexadecimal digits must follow 0x");
    else if (leading_zero)
        bad(token, &token->spot, "a decimal number has no leading zero (hexadecimal begins 0x)");
    else if (overflow)
        bad(token, &token->spot, "number does not fit into 64 bits");
}

/* Bytes that begin no token are taken together, so that rubbish is one error. */
static void lex_rubbish(struct lexer *lexer, struct token *token)
{
    unsigned char c = peek(lexer, 0);
    const char *problem = c == 0 ? "NUL byte"
                        : c > 127 ? "character outside ASCII, allowed only in strings and comments"
                        : c < ' ' || c == 0x7f ? "control character"
                        : "no word, string or number begins with this character";
    bad(token, &token->spot, problem);
    do {
        step(lexer);
        c = peek(lexer, 0);
    } while (!at_end(lexer) && !is_blank(c) && !is_word(c) && !(c && strchr("'\"#[],", c)));
}

void lexer_next(struct lexer *lexer, struct token *token)
{
    *token = (struct token){ .kind = TOKEN_END };
    while (token->kind == TOKEN_END && (is_blank(peek(lexer, 0)) || peek(lexer, 0) == '#')) {
        if (peek(lexer, 0) == '#')
            skip_comment(lexer, token);
        else
            step(lexer);
    }
    if (token->kind == TOKEN_BAD) {
        token->end = lexer->now.offset;
        return;
    }
    token->spot = lexer->now;
    unsigned char c = peek(lexer, 0);
    if (at_end(lexer)) {
        /* TOKEN_END */
    } else if (c == '"' || c == '\'') {
        lex_string(lexer, token);
    } else if (is_digit(c)) {
        lex_number(lexer, token);
    } else if (is_letter(c)) {
        token->kind = TOKEN_WORD;
        while (is_word(peek(lexer, 0)))
            step(lexer);
    } else if (c == '[' || c == ']' || c == ',') {
        token->kind = TOKEN_SIGN;
        step(lexer);
    } else {
        lex_rubbish(lexer, token);
    }
    token->end = lexer->now.offset;
}
