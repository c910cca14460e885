/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
/*
 * Words, numbers, strings and signs of a configuration text: of the loader's scripts, and of
 * roottask's, which has a language of its own but the same spelling.
 */
#include "script/script.h"

/* A position in the source. */
struct spot {
    size_t offset;
    struct script_place place;
};

enum token_kind { TOKEN_END, TOKEN_STRING, TOKEN_NUMBER, TOKEN_WORD, TOKEN_SIGN, TOKEN_BAD };

struct token {
    enum token_kind kind;
    struct spot spot;    /* of the first byte; for TOKEN_BAD where the problem is */
    size_t end;          /* offset behind the last byte */
    uint64_t value;      /* TOKEN_NUMBER */
    size_t digits;       /* TOKEN_NUMBER: length without the letters touching it */
    const char *problem; /* TOKEN_BAD: a sentence */
};

struct lexer {
    const char *text;
    size_t length;
    struct spot now;
};

/** Begins at the start of @source, whose text must outlive the lexer. */
void lexer_init(struct lexer *lexer, const struct script_source *source);

/**
 * The next token; at the end of the text TOKEN_END, again and again. Nothing but memory is needed.
 */
void lexer_next(struct lexer *lexer, struct token *token);
