/* SPDX-License-Identifier: BSD-2-Clause */
#include <string.h>
#include <l4/timeout.h>
#include "tool/idl/idl.h"

/* NAME.h: constants, structs, client stubs, server operations, message layout. */

static void emit_doc(FILE *file, const char *doc)
{
    bool line_start = true;

    if (!doc)
        return;
    for (; *doc; doc++) {
        if (line_start && (*doc == ' ' || *doc == '\t'))
            continue;
        if (line_start && *doc == '*')
            fputc(' ', file);
        else if (line_start && *doc != '/' && *doc != '\n')
            fputs("   ", file);
        line_start = *doc == '\n';
        fputc(*doc, file);
    }
    fputc('\n', file);
}

/* Members of a struct as they lie in memory and in messages. */
static void emit_member(FILE *file, const struct field *f)
{
    const char *name = f->name.text;

    if (f->kind == KIND_BULK)
        fprintf(file, "    uint64_t %s_offset;\n    uint64_t %s_length;\n", name, name);
    else if (f->max)
        fprintf(file, "    uint32_t %s_count;\n    %s %s[%u];\n", name, c_type(f), name,
                (unsigned)f->max);
    else if (f->kind == KIND_STRING)
        fprintf(file, "    char %s[%u];\n", name, (unsigned)f->bound + 1);
    else
        fprintf(file, "    %s %s;\n", c_type(f), name);
}

/* One condition of a NAME_valid() function; @of is "entry->" or the like. */
static void emit_condition(FILE *file, const struct field *f, const char *of)
{
    const char *name = f->name.text;

    if (f->max) {
        fprintf(file, "    if (%s%s_count > %u)\n        return false;\n", of, name,
                (unsigned)f->max);
        if (f->kind != KIND_BOOL && (f->kind != KIND_STRUCT || !structure_needs_check(f->structure)))
            return;
        fprintf(file, "    for (uint32_t i = 0; i < %s%s_count; i++)\n        if (!", of, name);
        if (f->kind == KIND_BOOL)
            fprintf(file, "ipc_valid_bool(&%s%s[i]))\n            return false;\n", of, name);
        else
            fprintf(file, "%s_%s_valid(&%s%s[i]))\n            return false;\n",
                    f->structure->owner->name.text, f->structure->name.text, of, name);
        return;
    }
    if (!field_needs_check(f))
        return;
    if (f->kind == KIND_BOOL)
        fprintf(file, "    if (!ipc_valid_bool(&%s%s))\n", of, name);
    else if (f->kind == KIND_STRING)
        fprintf(file, "    if (!ipc_valid_string(%s%s, sizeof(%s%s)))\n", of, name, of, name);
    else
        fprintf(file, "    if (!%s_%s_valid(&%s%s))\n", f->structure->owner->name.text,
                f->structure->name.text, of, name);
    fputs("        return false;\n", file);
}

static void emit_structure(FILE *file, const struct interface *interface,
                           const struct structure *s)
{
    const char *prefix = interface->name.text, *name = s->name.text;

    fputc('\n', file);
    emit_doc(file, s->name.doc);
    fprintf(file, "struct %s_%s {\n", prefix, name);
    for (const struct field *f = s->fields; f; f = f->next)
        emit_member(file, f);
    fprintf(file, "};\n_Static_assert(sizeof(struct %s_%s) == %u, \"layout\");\n", prefix, name,
            s->size);
    if (!structure_needs_check(s))
        return;
    fprintf(file, "\nstatic inline bool %s_%s_valid(const struct %s_%s *value)\n{\n", prefix, name,
            prefix, name);
    for (const struct field *f = s->fields; f; f = f->next)
        emit_condition(file, f, "value->");
    fputs("    return true;\n}\n", file);
}

static void emit_message(FILE *file, const struct interface *interface,
                         const struct operation *o, bool out)
{
    const char *prefix = interface->name.text, *name = o->name.text, *way = out ? "out" : "in";
    const struct message *m = out ? &o->reply : &o->request;
    bool first = true;

    if (m->size == 0)
        return;
    fprintf(file, "\nstruct %s_%s_%s {\n", prefix, name, way);
    if (!out)
        fputs("    uint64_t opcode;\n", file);
    for (const struct field *p = o->params; p; p = p->next)
        if (p->out == out && field_in_words(p)) {
            if (out && first && m->align < 8)
                fputs("    _Alignas(8)\n", file);
            first = false;
            emit_member(file, p);
        }
    fprintf(file, "};\n_Static_assert(sizeof(struct %s_%s_%s) == %u, \"layout\");\n", prefix, name,
            way, m->size);
    if (!params_need_check(o, out))
        return;
    fprintf(file, "\nstatic inline bool %s_%s_%s_valid(const struct %s_%s_%s *%s)\n{\n", prefix,
            name, way, prefix, name, way, way);
    for (const struct field *p = o->params; p; p = p->next)
        if (p->out == out && field_in_words(p))
            emit_condition(file, p, out ? "out->" : "in->");
    fputs("    return true;\n}\n", file);
}

static void add_server_in(struct list *list, const struct field *p)
{
    const char *name = p->name.text;

    if (p->kind == KIND_CAP)
        list_add(list, "struct ipc_cap_in *%s", name);
    else if (p->kind == KIND_BULK)
        list_add(list, "struct ipc_bulk_in *%s", name);
    else if (p->kind == KIND_CAPSET)
        list_add(list, "struct ipc_capset *%s", name);
    else if (p->max || p->kind == KIND_STRING || p->kind == KIND_STRUCT)
        list_add(list, "const %s *%s", c_type(p), name);
    else
        list_add(list, "%s %s", c_type(p), name);
    if (p->max)
        list_add(list, "uint32_t %s_count", name);
}

static void add_server_out(struct list *list, const struct field *p)
{
    const char *name = p->name.text;

    if (p->kind == KIND_CAP)
        list_add(list, "struct ipc_cap_out *%s", name);
    else if (p->kind == KIND_CAPSET)
        list_add(list, "struct ipc_capset *%s", name);
    else if (p->kind == KIND_PAGES)
        list_add(list, "struct ipc_page *%s", name);
    else
        list_add(list, "%s *%s", c_type(p), name);
    if (p->max || p->kind == KIND_PAGES)
        list_add(list, "uint32_t *%s_count", name);
}

static void emit_ops(FILE *file, const struct interface *interface)
{
    const char *prefix = interface->name.text;

    fprintf(file, "\n/* --- server --- */\n\n/** Operations of a server; an operation that is left out is answered -L4_ENOSYS. */\n"
                  "struct %s_ops {\n", prefix);
    for (unsigned i = 0; i < interface->operation_count; i++) {
        const struct operation *o = interface->all_operations[i];
        struct list list;
        list_begin(&list, file, "    long (*%s)(", c_member(o->name.text));
        list_add(&list, "struct ipc_call *call");
        for (const struct field *p = o->params; p; p = p->next)
            (p->out ? add_server_out : add_server_in)(&list, p);
        list_end(&list, ");\n");
    }
    fprintf(file, "};\n\n/** For struct ipc_kind; @ops is a struct %s_ops. */\n"
                  "long %s_dispatch(const void *ops, struct ipc_call *call);\n"
                  "\n/* Answers to callers that were deferred (ipc_defer()): @result 0 and the values, "
                  "or a negative\n   error, when the values do not matter. Each returns 0, or why "
                  "the answer did not arrive. */\n", prefix, prefix);
    for (unsigned i = 0; i < interface->operation_count; i++)
        emit_reply_prototype(file, interface, interface->all_operations[i], ");\n");
}

static void emit_constants(FILE *file, const struct interface *interface)
{
    const char *prefix = interface->name.text;
    l4_timeout_t bound = interface->bound_us ? l4_timeout_us(interface->bound_us) : L4_TIMEOUT_NEVER;

    fprintf(file, "\n#define %s_PROTOCOL %u\n", upper(prefix), (unsigned)interface->protocol);
    if (interface->bound_us)
        fprintf(file, "/* %llu us to send, and to receive */\n#define %s_TIMEOUTS ((l4_timeouts_t){0x%x})\n",
                (unsigned long long)interface->bound_us, upper(prefix),
                l4_timeouts(bound, bound).raw);
    else
        fprintf(file, "#define %s_TIMEOUTS L4_NEVER\n", upper(prefix));
    for (const struct constant *c = interface->constants; c; c = c->next) {
        emit_doc(file, c->name.doc);
        fprintf(file, "#define %s_%s %llu%s\n", upper(prefix), upper(c->name.text),
                (unsigned long long)c->value, c->value > 0x7fffffff ? "ull" : "");
    }
    fprintf(file, "\nenum %s_op {\n", prefix);
    for (unsigned i = 0; i < interface->operation_count; i++)
        fprintf(file, "    %s_OP_%s = %u,\n", upper(prefix),
                upper(interface->all_operations[i]->name.text), i + 1);
    fputs("};\n", file);
}

void emit_header(FILE *file, const struct interface *interface)
{
    const char *prefix = interface->name.text;

    fprintf(file, "/* Made by tool/idl from %s.idl: change it there. */\n#pragma once\n\n"
                  "#include \"ipc/ipc.h\"\n", prefix);
    if (interface->base)
        fprintf(file, "#include \"idl/%s.h\"\n", interface->base->name.text);
    fputc('\n', file);
    emit_doc(file, interface->doc);
    emit_constants(file, interface);
    for (const struct structure *s = interface->structures; s; s = s->next)
        emit_structure(file, interface, s);
    fputs("\n/* --- client --- */\n", file);
    for (unsigned i = 0; i < interface->operation_count; i++) {
        const struct operation *o = interface->all_operations[i];
        fputc('\n', file);
        emit_doc(file, o->name.doc);
        emit_client_prototype(file, interface, o, ");\n");
    }
    emit_ops(file, interface);
    fputs("\n/* --- messages --- */\n", file);
    for (unsigned i = 0; i < interface->operation_count; i++) {
        emit_message(file, interface, interface->all_operations[i], false);
        emit_message(file, interface, interface->all_operations[i], true);
    }
}
