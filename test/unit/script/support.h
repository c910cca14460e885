/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
/* What the tests of lib/script share: memory that counts, text that grows, files. */
#include "script/script.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Memory that can fail at its n-th request, and knows how many blocks are out. */
struct test_memory {
    long fail_at; /* 0: never; 1: the first request fails */
    long requests, blocks;
};

static void *test_alloc(void *context, size_t size)
{
    struct test_memory *memory = context;
    if (++memory->requests == memory->fail_at)
        return NULL;
    memory->blocks++;
    return malloc(size);
}

static void test_free(void *context, void *block)
{
    ((struct test_memory *)context)->blocks--;
    free(block);
}

static struct test_memory test_memory;
static struct script_errors test_errors;
static const struct script_memory test_source_memory = { test_alloc, test_free, &test_memory };

/* Parse @length bytes out of a block of just that size, so that reading further is found. */
static struct script *parse_bytes(const char *name, const char *text, size_t length)
{
    char *copy = malloc(length + !length);
    memcpy(copy, text, length);
    struct script_source source = { name, copy, length };
    struct script *script = script_parse(&source, &test_source_memory, &test_errors);
    free(copy);
    return script;
}

static inline struct script *parse_text(const char *text)
{
    return parse_bytes("test.cfg", text, strlen(text));
}

struct growing {
    char *bytes;
    size_t used, size;
};

static void grow(void *context, const char *text, size_t length)
{
    struct growing *growing = context;
    if (growing->used + length + 1 > growing->size) {
        growing->size = 2 * (growing->used + length + 1);
        growing->bytes = realloc(growing->bytes, growing->size);
    }
    memcpy(growing->bytes + growing->used, text, length);
    growing->used += length;
    growing->bytes[growing->used] = 0;
}

/* The canonical form; to be freed. */
static char *printed(const struct script *script)
{
    struct growing text = { 0 };
    struct script_output output = { grow, &text };
    grow(&text, "", 0);
    script_print(script, &output);
    return text.bytes;
}

static inline char *described(const struct script *script)
{
    struct growing text = { 0 };
    struct script_output output = { grow, &text };
    grow(&text, "", 0);
    script_describe(script, &output);
    return text.bytes;
}

/* All errors of the last parse, one behind the other; to be freed. */
static inline char *all_errors(void)
{
    struct growing text = { 0 };
    grow(&text, "", 0);
    for (unsigned i = 0; i < test_errors.count; i++)
        grow(&text, test_errors.error[i].text, strlen(test_errors.error[i].text));
    if (test_errors.more)
        grow(&text, "(more)\n", 7);
    return text.bytes;
}

/* Is every error complete, that is: position, line, caret? */
static const char *errors_sound(const char *name)
{
    if (!test_errors.count || test_errors.count > SCRIPT_ERRORS_MAX)
        return "refused without error";
    for (unsigned i = 0; i < test_errors.count; i++) {
        const char *text = test_errors.error[i].text;
        size_t length = strlen(text), lines = 0;
        for (size_t j = 0; j < length; j++)
            lines += text[j] == '\n';
        if (lines != 3 || length < 3 || strcmp(text + length - 2, "^\n") != 0
            || strncmp(text, name, strlen(name)) != 0 || !strstr(text, ": error: "))
            return "malformed error";
    }
    return NULL;
}

/*
 * Parse anything. A refusal must have sound errors, an accepted script a canonical form that is
 * accepted and canonical, and no memory may stay behind. Returns what was wrong, or null.
 */
static inline const char *exercise(const char *text, size_t length)
{
    const char *problem = NULL;
    struct script *script = parse_bytes("any.cfg", text, length);
    if (!script) {
        problem = errors_sound("any.cfg");
    } else {
        char *first = printed(script);
        struct script *again = parse_bytes("canonical.cfg", first, strlen(first));
        char *second = again ? printed(again) : NULL;
        if (!again)
            problem = "canonical form refused";
        else if (strcmp(first, second) != 0)
            problem = "canonical form is not canonical";
        free(second);
        free(first);
        script_free(again);
    }
    script_free(script);
    return problem ? problem : test_memory.blocks ? "memory lost" : NULL;
}

/* A whole file with a NUL behind it, to be freed; null if it cannot be read. */
static inline char *read_file(const char *path, size_t *length)
{
    FILE *file = fopen(path, "rb");
    if (!file)
        return NULL;
    struct growing text = { 0 };
    char buffer[4096];
    size_t got;
    grow(&text, "", 0);
    while ((got = fread(buffer, 1, sizeof(buffer), file)) > 0)
        grow(&text, buffer, got);
    fclose(file);
    *length = text.used;
    return text.bytes;
}
