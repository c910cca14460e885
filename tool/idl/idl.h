/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

/* The IDL compiler: text -> parser.y -> these structures -> check.c -> emit_*.c. */

#define MAX_MESSAGE_WORDS 63
#define MAX_CAPS          6 /* IPC_MAX_IN_CAPS and IPC_MAX_OUT_CAPS of lib/ipc */
#define MIN_PROTOCOL      16
#define MAX_PROTOCOL      0x7fff
#define MAX_BASES         8

/** Place in a source file, for messages. */
struct place {
    const char *file;
    int line;
    int column;
};

/** An identifier or keyword as the lexer found it. */
struct word {
    char *text;
    char *doc; /* the documentation comment before it, or null */
    struct place at;
};

enum kind {
    KIND_BOOL, KIND_U8, KIND_U16, KIND_U32, KIND_U64, KIND_I32, KIND_I64, KIND_ADDR, KIND_STRING,
    KIND_STRUCT,
    KIND_CAP, KIND_BULK, KIND_CAPSET, KIND_PAGES,
};

struct interface;

/** A member of a struct or a parameter of an operation. */
struct field {
    struct field *next;
    struct word name;
    struct word type;
    uint64_t bound; /* string<bound>, pages<bound>; 0: none given */
    uint64_t max;   /* name<max>: an array; 0: a single value */
    bool out;       /* parameter: from server to client */
    bool strong;    /* parameter: cap!, bulk!: the S right is passed on */
    /* found by check.c: */
    enum kind kind;
    struct structure *structure; /* KIND_STRUCT */
};

struct structure {
    struct structure *next;
    struct word name;
    struct field *fields;
    struct interface *owner;
    unsigned size, align; /* bytes; size 0 while not laid out */
};

struct constant {
    struct constant *next;
    struct word name;
    uint64_t value;
};

/** What one direction of an operation needs. */
struct message {
    unsigned size;    /* bytes of the struct, whole words */
    unsigned align;   /* of its members */
    unsigned caps;    /* capability items, bulks included */
    unsigned capsets;
    unsigned pages;   /* most memory items */
};

struct operation {
    struct operation *next;
    struct word name;
    struct field *params;
    struct interface *owner; /* the interface that declares it */
    unsigned opcode;
    struct message request, reply;
};

struct interface {
    struct word name;
    char *doc;
    struct word base_name; /* text is null without a base */
    struct interface *base;
    uint64_t protocol;
    uint64_t bound_us; /* time-out of the client stubs; 0: never */
    struct constant *constants;
    struct structure *structures;
    struct operation *operations; /* its own; those of the base come first, see all_operations */
    struct operation **all_operations;
    unsigned operation_count;
};

/** Reports an error: FILE:LINE:COLUMN: text. Compilation goes on; nothing is written then. */
void error_at(struct place at, const char *format, ...) __attribute__((format(printf, 2, 3)));

/** Number of errors reported. */
extern unsigned error_count;

/** Zeroed memory; never null, never freed: the compiler runs once. */
void *make(size_t size);

/** Parses @path; null after a syntax error or if it cannot be read. (parser.y) */
struct interface *parse_file(const char *path);

/** Loads the bases from the folder of the file, resolves types, lays out, checks limits. */
void check_interface(struct interface *interface, const char *folder);

/** True if the field has a place in the message struct (all but pure capability items). */
bool field_in_words(const struct field *field);

/** True if the value of @field can be wrong although its size is right. */
bool field_needs_check(const struct field *field);

/** True if any of the @out (or in) parameters needs a check. */
bool params_need_check(const struct operation *operation, bool out);

bool structure_needs_check(const struct structure *structure);

void emit_header(FILE *file, const struct interface *interface);
void emit_client(FILE *file, const struct interface *interface);
void emit_server(FILE *file, const struct interface *interface);
void emit_describe(FILE *file, struct interface *const *interfaces, unsigned count);

/* --- emit.c: pieces all three have in common --- */

/** A parenthesised list that is wrapped at 100 columns: list_begin, list_add ..., list_end. */
struct list {
    FILE *file;
    unsigned column, indent, count;
};

void list_begin(struct list *list, FILE *file, const char *head, ...)
    __attribute__((format(printf, 3, 4)));
void list_add(struct list *list, const char *format, ...) __attribute__((format(printf, 2, 3)));
void list_end(struct list *list, const char *tail);

/** The C type of one value, as "uint32_t" or "struct names_entry". */
const char *c_type(const struct field *field);

/** @name in capitals. */
const char *upper(const char *name);

/** @name, with an underscore if C has that word: a member of struct NAME_ops. */
const char *c_member(const char *name);

/** True if C, or generated code, needs @name for itself. */
bool is_reserved(const char *name);

/** Prototype of a client stub up to the closing parenthesis, then @tail. */
void emit_client_prototype(FILE *file, const struct interface *interface,
                           const struct operation *operation, const char *tail);

/** Prototype of the later answer, likewise. */
void emit_reply_prototype(FILE *file, const struct interface *interface,
                          const struct operation *operation, const char *tail);
