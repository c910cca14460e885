/* SPDX-License-Identifier: BSD-2-Clause */
#include <ctype.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include "tool/idl/idl.h"

/* Pieces of C that the header, the client and the server have in common. */

#define LINE_WIDTH 100

void list_begin(struct list *list, FILE *file, const char *head, ...)
{
    char text[256];
    va_list arguments;

    va_start(arguments, head);
    vsnprintf(text, sizeof(text), head, arguments);
    va_end(arguments);
    fputs(text, file);
    *list = (struct list){file, (unsigned)strlen(text), (unsigned)strlen(text), 0};
}

void list_add(struct list *list, const char *format, ...)
{
    char text[256];
    va_list arguments;
    unsigned length;

    va_start(arguments, format);
    length = (unsigned)vsnprintf(text, sizeof(text), format, arguments);
    va_end(arguments);
    if (list->count++ > 0) {
        /* Room for ", " before and for "," or ");" after. */
        if (list->column + length + 4 > LINE_WIDTH) {
            fprintf(list->file, ",\n%*s", (int)list->indent, "");
            list->column = list->indent;
        } else {
            fputs(", ", list->file);
            list->column += 2;
        }
    }
    fputs(text, list->file);
    list->column += length;
}

void list_end(struct list *list, const char *tail)
{
    fputs(tail, list->file);
}

const char *c_type(const struct field *field)
{
    static char text[256];

    switch (field->kind) {
    case KIND_BOOL: return "bool";
    case KIND_U8: return "uint8_t";
    case KIND_U16: return "uint16_t";
    case KIND_U32: return "uint32_t";
    case KIND_U64: case KIND_ADDR: return "uint64_t";
    case KIND_I32: return "int32_t";
    case KIND_I64: return "int64_t";
    case KIND_STRING: return "char";
    case KIND_STRUCT:
        snprintf(text, sizeof(text), "struct %s_%s", field->structure->owner->name.text,
                 field->structure->name.text);
        return text;
    default:
        abort();
    }
}

const char *upper(const char *name)
{
    static char text[2][128];
    static unsigned turn;
    char *to = text[turn++ % 2];
    size_t i;

    for (i = 0; name[i] && i < sizeof(text[0]) - 1; i++)
        to[i] = (char)toupper((unsigned char)name[i]);
    to[i] = 0;
    return to;
}

static bool is_c_keyword(const char *name)
{
    static const char *const words[] = {
        "auto", "break", "case", "char", "const", "continue", "default", "do", "double", "else",
        "enum", "extern", "float", "for", "goto", "if", "inline", "int", "long", "register",
        "restrict", "return", "short", "signed", "sizeof", "static", "struct", "switch", "typedef",
        "union", "unsigned", "void", "volatile", "while", "asm", "typeof", "bool", "true", "false",
    };

    for (unsigned i = 0; i < sizeof(words) / sizeof(words[0]); i++)
        if (strcmp(name, words[i]) == 0)
            return true;
    return false;
}

bool is_reserved(const char *name)
{
    static const char *const ours[] = {"server", "call", "words", "ops", "result", "later",
                                       "reply", "opcode"};

    for (unsigned i = 0; i < sizeof(ours) / sizeof(ours[0]); i++)
        if (strcmp(name, ours[i]) == 0)
            return true;
    return is_c_keyword(name);
}

const char *c_member(const char *name)
{
    static char text[256];

    snprintf(text, sizeof(text), "%s%s", name, is_c_keyword(name) ? "_" : "");
    return text;
}

/* A value that goes into a function: in parameters, and the values of a later answer. */
static void add_value(struct list *list, const struct field *f)
{
    const char *name = f->name.text;

    if (f->max) {
        list_add(list, "const %s *%s", c_type(f), name);
        list_add(list, "uint32_t %s_count", name);
    } else if (f->kind == KIND_STRING || f->kind == KIND_STRUCT) {
        list_add(list, "const %s *%s", c_type(f), name);
    } else {
        list_add(list, "%s %s", c_type(f), name);
    }
}

static void add_client_in(struct list *list, const struct field *p)
{
    if (p->kind == KIND_CAP)
        list_add(list, "l4_cap_t %s", p->name.text);
    else if (p->kind == KIND_BULK || p->kind == KIND_CAPSET)
        list_add(list, "const struct ipc_%s *%s", p->type.text, p->name.text);
    else
        add_value(list, p);
}

static void add_client_out(struct list *list, const struct field *p)
{
    const char *name = p->name.text;

    if (p->kind == KIND_CAP) {
        list_add(list, "l4_cap_t %s", name);
    } else if (p->kind == KIND_CAPSET || p->kind == KIND_PAGES) {
        list_add(list, "const struct ipc_window *%s", name);
    } else if (p->max) {
        list_add(list, "%s %s[%u]", c_type(p), name, (unsigned)p->max);
        list_add(list, "uint32_t *%s_count", name);
    } else if (p->kind == KIND_STRING) {
        list_add(list, "char %s[%u]", name, (unsigned)p->bound + 1);
    } else {
        list_add(list, "%s *%s", c_type(p), name);
    }
}

void emit_client_prototype(FILE *file, const struct interface *interface,
                           const struct operation *operation, const char *tail)
{
    struct list list;

    list_begin(&list, file, "long %s_%s(", interface->name.text, operation->name.text);
    list_add(&list, "l4_cap_t server");
    for (const struct field *p = operation->params; p; p = p->next)
        (p->out ? add_client_out : add_client_in)(&list, p);
    list_end(&list, tail);
}

static void add_reply_value(struct list *list, const struct field *p)
{
    if (p->kind == KIND_CAP) {
        list_add(list, "const struct ipc_cap_out *%s", p->name.text);
    } else if (p->kind == KIND_CAPSET) {
        list_add(list, "const struct ipc_capset *%s", p->name.text);
    } else if (p->kind == KIND_PAGES) {
        list_add(list, "const struct ipc_page *%s", p->name.text);
        list_add(list, "uint32_t %s_count", p->name.text);
    } else {
        add_value(list, p);
    }
}

void emit_reply_prototype(FILE *file, const struct interface *interface,
                          const struct operation *operation, const char *tail)
{
    struct list list;

    list_begin(&list, file, "long %s_%s_reply(", interface->name.text, operation->name.text);
    list_add(&list, "struct ipc_server *server");
    list_add(&list, "struct ipc_later *later");
    list_add(&list, "long result");
    for (const struct field *p = operation->params; p; p = p->next)
        if (p->out)
            add_reply_value(&list, p);
    list_end(&list, tail);
}
