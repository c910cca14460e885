/* SPDX-License-Identifier: BSD-2-Clause */
#include <string.h>
#include "tool/idl/idl.h"

/*
 * NAME_server.c: for each operation decode - call - encode, and the later answer; the dispatcher.
 */

struct op {
    FILE *file;
    const char *prefix;
    const struct operation *operation;
};

/* --- encode: used at once and for later answers --- */

static void add_encoded(struct list *list, const struct field *p)
{
    const char *name = p->name.text;

    if (p->kind == KIND_CAP)
        list_add(list, "const struct ipc_cap_out *%s", name);
    else if (p->kind == KIND_CAPSET)
        list_add(list, "const struct ipc_capset *%s", name);
    else if (p->kind == KIND_PAGES)
        list_add(list, "const struct ipc_page *%s", name);
    if (p->kind == KIND_PAGES)
        list_add(list, "uint32_t %s_count", name);
}

/* Capabilities and sets in the order of the contract, pages at the end. */
static void emit_items(const struct op *op)
{
    FILE *file = op->file;

    for (const struct field *p = op->operation->params; p; p = p->next) {
        if (p->out && p->kind == KIND_CAP)
            fprintf(file, "    ipc_reply_cap(reply, %s, %s);\n", p->name.text,
                    p->strong ? "L4_CAP_RWS" : "L4_CAP_RW");
        if (p->out && p->kind == KIND_CAPSET)
            fprintf(file, "    ipc_reply_capset(reply, %s, %s);\n", p->name.text,
                    p->strong ? "L4_CAP_RWS" : "L4_CAP_RW");
    }
    for (const struct field *p = op->operation->params; p; p = p->next)
        if (p->kind == KIND_PAGES) {
            fprintf(file, "    ipc_reply_check(reply, %s_count <= %u);\n", p->name.text,
                    (unsigned)p->bound);
            fprintf(file, "    if (!reply->error)\n        ipc_reply_pages(reply, %s, %s_count);\n",
                    p->name.text, p->name.text);
        }
}

static void emit_encode(const struct op *op)
{
    const struct operation *o = op->operation;
    FILE *file = op->file;
    struct list list;

    list_begin(&list, file, "\nstatic void encode_%s(", o->name.text);
    list.column = --list.indent; /* the line break does not count */
    list_add(&list, "struct ipc_reply *reply");
    if (o->reply.size > 0)
        list_add(&list, "const struct %s_%s_out *out", op->prefix, o->name.text);
    for (const struct field *p = o->params; p; p = p->next)
        if (p->out)
            add_encoded(&list, p);
    list_end(&list, ")\n{\n");
    if (o->reply.size > 0)
        fputs("    ipc_reply_begin(reply, out, sizeof(*out));\n", file);
    else
        fputs("    ipc_reply_begin(reply, NULL, 0);\n", file);
    if (params_need_check(o, true))
        fprintf(file, "    ipc_reply_check(reply, %s_%s_out_valid(out));\n", op->prefix,
                o->name.text);
    emit_items(op);
    fputs("}\n", file);
}

/* Arguments of encode_OP() after the reply; @by_address: capabilities are local variables. */
static void emit_encode_arguments(const struct op *op, bool by_address)
{
    FILE *file = op->file;

    if (op->operation->reply.size > 0)
        fputs(", &out", file);
    for (const struct field *p = op->operation->params; p; p = p->next) {
        if (!p->out || p->kind < KIND_CAP)
            continue;
        fprintf(file, ", %s%s", by_address && p->kind != KIND_PAGES ? "&" : "", p->name.text);
        if (p->kind == KIND_PAGES)
            fprintf(file, ", %s_count", p->name.text);
    }
    fputs(");\n", file);
}

/* --- decode and serve --- */

static void emit_local(const struct op *op, const struct field *p)
{
    const char *name = p->name.text;
    FILE *file = op->file;

    if (p->kind < KIND_CAP)
        return;
    if (p->kind == KIND_PAGES)
        fprintf(file, "    struct ipc_page %s[%u] = {{0}};\n    uint32_t %s_count = 0;\n", name,
                (unsigned)p->bound, name);
    else if (p->kind == KIND_CAPSET)
        fprintf(file, "    struct ipc_capset %s = {0};\n", name);
    else if (p->kind == KIND_BULK)
        fprintf(file, "    struct ipc_bulk_in %s = {.offset = 0};\n", name);
    else
        fprintf(file, "    struct ipc_cap_%s %s = {0};\n", p->out ? "out" : "in", name);
}

static void emit_decode(const struct op *op)
{
    const struct operation *o = op->operation;
    FILE *file = op->file;

    fprintf(file, "    ipc_get_words(call, &in, sizeof(in), ipc_request_items(%u, %u));\n",
            o->request.caps, o->request.capsets);
    if (params_need_check(o, false))
        fprintf(file, "    ipc_check(call, %s_%s_in_valid(&in));\n", op->prefix, o->name.text);
    for (const struct field *p = o->params; p; p = p->next) {
        if (!p->out && p->kind == KIND_CAP)
            fprintf(file, "    ipc_get_cap(call, &%s);\n", p->name.text);
        if (!p->out && p->kind == KIND_BULK)
            fprintf(file, "    ipc_get_cap(call, &%s.dataspace);\n    %s.offset = in.%s_offset;\n"
                          "    %s.length = in.%s_length;\n", p->name.text, p->name.text,
                    p->name.text, p->name.text, p->name.text);
    }
    for (const struct field *p = o->params; p; p = p->next)
        if (!p->out && p->kind == KIND_CAPSET)
            fprintf(file, "    ipc_get_capset(call, &%s);\n", p->name.text);
    fputs("    if (call->error)\n        return call->error;\n", file);
}

static void add_argument(struct list *list, const struct field *p)
{
    const char *name = p->name.text, *way = p->out ? "out" : "in";
    bool is_array = p->max || p->kind == KIND_STRING;

    if (p->kind == KIND_PAGES) {
        list_add(list, "%s", name);
        list_add(list, "&%s_count", name);
    } else if (p->kind >= KIND_CAP) {
        list_add(list, "&%s", name);
    } else if (is_array) {
        list_add(list, "%s.%s", way, name);
    } else {
        list_add(list, "%s%s.%s", p->out || p->kind == KIND_STRUCT ? "&" : "", way, name);
    }
    if (p->max)
        list_add(list, "%s%s.%s_count", p->out ? "&" : "", way, name);
}

static void emit_invoke(const struct op *op)
{
    const struct operation *o = op->operation;
    unsigned caps = 0;
    struct list list;

    list_begin(&list, op->file, "    result = ops->%s(", c_member(o->name.text));
    list_add(&list, "call");
    for (const struct field *p = o->params; p; p = p->next) {
        add_argument(&list, p);
        caps += p->out && p->kind == KIND_CAP;
    }
    list_end(&list, ");\n");
    if (caps == 0) {
        fputs("    if (result != 0)\n        return result;\n", op->file);
        return;
    }
    fputs("    if (result < 0) {\n", op->file);
    for (const struct field *p = o->params; p; p = p->next)
        if (p->out && p->kind == KIND_CAP)
            fprintf(op->file, "        ipc_cap_undo(call->server, &%s);\n", p->name.text);
    fputs("    }\n    if (result != 0)\n        return result;\n", op->file);
}

static void emit_serve(const struct op *op)
{
    const struct operation *o = op->operation;
    FILE *file = op->file;

    fprintf(file, "\nstatic long serve_%s(const struct %s_ops *ops, struct ipc_call *call)\n{\n",
            o->name.text, op->prefix);
    fprintf(file, "    struct %s_%s_in in;\n", op->prefix, o->name.text);
    if (o->reply.size > 0)
        fprintf(file, "    struct %s_%s_out out = {0};\n", op->prefix, o->name.text);
    for (const struct field *p = o->params; p; p = p->next)
        emit_local(op, p);
    fprintf(file, "    long result;\n\n    if (!ops->%s)\n        return -L4_ENOSYS;\n",
            c_member(o->name.text));
    emit_decode(op);
    emit_invoke(op);
    fprintf(file, "    encode_%s(&call->reply", o->name.text);
    emit_encode_arguments(op, true);
    fputs("    return ipc_reply_end(&call->reply);\n}\n", file);
}

/* --- later answers --- */

static void emit_later_value(const struct op *op, const struct field *p)
{
    const char *name = p->name.text;
    FILE *file = op->file;

    if (p->max)
        fprintf(file, "    out.%s_count = %s_count;\n"
                      "    fits &= ipc_copy_array((struct ipc_array){out.%s, %u, sizeof(out.%s[0])}, %s,\n"
                      "                           %s_count);\n", name, name, name,
                (unsigned)p->max, name, name, name);
    else if (p->kind == KIND_STRING)
        fprintf(file, "    fits &= ipc_copy_string(out.%s, sizeof(out.%s), %s);\n", name, name,
                name);
    else
        fprintf(file, "    out.%s = %s%s;\n", name, p->kind == KIND_STRUCT ? "*" : "", name);
}

static void emit_later(const struct op *op, const struct interface *interface)
{
    const struct operation *o = op->operation;
    FILE *file = op->file;
    bool copies = false;

    for (const struct field *p = o->params; p; p = p->next)
        copies |= p->out && (p->max || p->kind == KIND_STRING);
    fputc('\n', file);
    emit_reply_prototype(file, interface, o, ")\n{\n");
    if (o->reply.size > 0)
        fprintf(file, "    struct %s_%s_out out = {0};\n", op->prefix, o->name.text);
    fputs("    struct ipc_reply reply;\n", file);
    if (copies)
        fputs("    bool fits = true;\n", file);
    fputs("\n    if (result < 0)\n        return ipc_later_fail(server, later, result);\n", file);
    for (const struct field *p = o->params; p; p = p->next)
        if (p->out && field_in_words(p))
            emit_later_value(op, p);
    fprintf(file, "    encode_%s(&reply", o->name.text);
    emit_encode_arguments(op, false);
    if (copies)
        fputs("    ipc_reply_check(&reply, fits);\n", file);
    fputs("    return ipc_later_send(server, later, 0, &reply);\n}\n", file);
}

/* --- dispatch --- */

/* A client that knows only a base interface uses that one's protocol and its first opcodes. */
static void emit_protocol_check(FILE *file, const struct interface *interface)
{
    fprintf(file, "    if (l4_msgtag_words(call->tag) == 0)\n        return -L4_EMSGTOOSHORT;\n"
                  "    opcode = ipc_utcb()->mr[0];\n"
                  "    switch (l4_msgtag_label(call->tag)) {\n    case %s_PROTOCOL:\n        break;\n",
            upper(interface->name.text));
    for (const struct interface *b = interface->base; b; b = b->base) {
        unsigned last = 0;
        for (unsigned i = 0; i < interface->operation_count; i++)
            for (const struct interface *o = b; o; o = o->base)
                if (interface->all_operations[i]->owner == o)
                    last = i + 1;
        fprintf(file, "    case %s_PROTOCOL: /* base: operations 1 to %u */\n"
                      "        if (opcode > %u)\n            return -L4_ENOSYS;\n        break;\n",
                upper(b->name.text), last, last);
    }
    fputs("    default:\n        return -L4_EBADPROTO;\n    }\n", file);
}

void emit_server(FILE *file, const struct interface *interface)
{
    const char *prefix = interface->name.text;

    fprintf(file, "/* Made by tool/idl from %s.idl. */\n#include <l4/error.h>\n#include \"idl/%s.h\"\n",
            prefix, prefix);
    for (unsigned i = 0; i < interface->operation_count; i++) {
        struct op op = {file, prefix, interface->all_operations[i]};
        emit_encode(&op);
        emit_serve(&op);
        emit_later(&op, interface);
    }
    fprintf(file, "\nlong %s_dispatch(const void *ops, struct ipc_call *call)\n{\n"
                  "    uint64_t opcode;\n\n", prefix);
    emit_protocol_check(file, interface);
    fputs("    switch (opcode) {\n", file);
    for (unsigned i = 0; i < interface->operation_count; i++) {
        const char *name = interface->all_operations[i]->name.text;
        fprintf(file, "    case %s_OP_%s:\n        return serve_%s(ops, call);\n", upper(prefix),
                upper(name), name);
    }
    fputs("    default:\n        return -L4_ENOSYS;\n    }\n}\n", file);
}
