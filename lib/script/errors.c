/* SPDX-License-Identifier: BSD-2-Clause */
/* Messages: always one position, one sentence, the source line, a caret. */
#include "script/parser.h"

#include <stdio.h>
#include <string.h>

enum {
    NAME_SHOWN = 120,  /* bytes of the script's name */
    LINE_SHOWN = 240,  /* bytes of the source line; longer ones are cut around the caret */
    BEFORE_CARET = 160,
};

/* Text under construction; what does not fit is dropped. */
struct text {
    char *bytes;
    size_t size, used;
};

static void add_byte(struct text *text, char c)
{
    if (text->used + 1 < text->size) {
        text->bytes[text->used++] = c;
        text->bytes[text->used] = 0;
    }
}

static void add(struct text *text, const char *string)
{
    while (*string)
        add_byte(text, *string++);
}

/* Add foreign bytes so that they do no harm to a terminal. */
static void add_clean(struct text *text, const char *bytes, size_t length)
{
    for (size_t i = 0; i < length; i++) {
        unsigned char c = (unsigned char)bytes[i];
        add_byte(text, (c < ' ' && c != '\t') || c == 0x7f ? '?' : bytes[i]);
    }
}

static struct shown show_bytes(const char *bytes, size_t length)
{
    struct shown shown = { .text = "" };
    struct text text = { .bytes = shown.text, .size = sizeof(shown.text) };
    size_t limit = sizeof(shown.text) - 4;
    add_clean(&text, bytes, length < limit ? length : limit);
    if (length > limit)
        add(&text, "...");
    return shown;
}

/* The source text of a token, made harmless and short. */
struct shown show(const struct parser *parser, const struct token *token)
{
    return show_bytes(parser->source->text + token->spot.offset,
                      token->end - token->spot.offset);
}

struct shown show_string(const char *string)
{
    return show_bytes(string, strlen(string));
}

/* `NAME:LINE:COL: ` */
static void add_position(struct text *text, const struct parser *parser, struct script_place place)
{
    char numbers[40];
    const char *name = parser->source->name;
    size_t length = strlen(name);
    if (length > NAME_SHOWN) {
        add(text, "...");
        name += length - NAME_SHOWN;
    }
    add_clean(text, name, strlen(name));
    snprintf(numbers, sizeof(numbers), ":%u:%u: ", place.line, place.column);
    add(text, numbers);
}

/* The line around @offset and a caret below it. */
static void add_line(struct text *text, const struct script_source *source, size_t offset)
{
    size_t start = offset, end = offset;
    while (start > 0 && offset - start < BEFORE_CARET && source->text[start - 1] != '\n')
        start--;
    while (end < source->length && end - start < LINE_SHOWN && source->text[end] != '\n')
        end++;
    bool cut = start > 0 && source->text[start - 1] != '\n';
    bool cut_end = end < source->length && source->text[end] != '\n';
    if (end > offset && source->text[end - 1] == '\r')
        end--;

    add(text, cut ? "..." : "");
    add_clean(text, source->text + start, end - start);
    add(text, cut_end ? "...\n" : "\n");
    add(text, cut ? "   " : "");
    for (size_t i = start; i < offset; i++) {
        unsigned char c = (unsigned char)source->text[i];
        if ((c & 0xc0) != 0x80)
            add_byte(text, c == '\t' ? '\t' : ' ');
    }
    add(text, "^\n");
}

/* Remember an error at @spot. Always false, for `return report(...)`. */
bool report(struct parser *parser, const struct spot *spot, const char *format, ...)
{
    struct script_errors *errors = parser->errors;
    if (parser->stopped)
        return false;
    if (errors->count == SCRIPT_ERRORS_MAX) {
        errors->more = true;
        parser->stopped = true;
        return false;
    }
    struct script_error *error = &errors->error[errors->count++];
    struct text text = { .bytes = error->text, .size = sizeof(error->text) };
    char sentence[240];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(sentence, sizeof(sentence), format, arguments);
    va_end(arguments);

    error->place = spot->place;
    add_position(&text, parser, spot->place);
    add(&text, "error: ");
    add(&text, sentence);
    add_byte(&text, '\n');
    add_line(&text, parser->source, spot->offset);
    return false;
}

/* The next token is not @what; a bad token was reported when it came. */
bool report_expected(struct parser *parser, const char *what)
{
    const struct token *token = &parser->token;
    switch (token->kind) {
    case TOKEN_BAD:
        return false;
    case TOKEN_END:
        return report(parser, &parser->behind, "expected %s, found the end of the script", what);
    case TOKEN_STRING:
        return report(parser, &token->spot, "expected %s, found a string", what);
    default:
        return report(parser, &token->spot, "expected %s, found \"%s\"", what,
                      show(parser, token).text);
    }
}

/* Keep a remark for the reader of the log; only scripts with `verbose` want them. */
void note(struct parser *parser, const struct spot *spot, const char *format, ...)
{
    char line[400], sentence[200];
    struct text text = { .bytes = line, .size = sizeof(line) };
    if (!parser->settings.verbose)
        return;
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(sentence, sizeof(sentence), format, arguments);
    va_end(arguments);
    add_position(&text, parser, spot->place);
    add(&text, "note: ");
    add(&text, sentence);

    struct script_note *new = parser_alloc(parser, sizeof(*new));
    char *copy = parser_alloc(parser, text.used + 1);
    if (!new || !copy)
        return;
    new->place = spot->place;
    new->text = memcpy(copy, line, text.used + 1);
    *parser->notes = new;
    parser->notes = &new->next;
}
