/* SPDX-License-Identifier: BSD-2-Clause */
#include <string.h>
#include "tool/idl/idl.h"

/* NAME_client.c: one function for each operation: fill in, call, check, hand out. */

/* "&names_list_out" facts that several lines need. */
struct stub {
    FILE *file;
    const char *prefix;
    const struct operation *operation;
};

static const char *rights(const struct field *p)
{
    return p->strong ? "L4_CAP_RWS" : "L4_CAP_RW";
}

static void emit_in(const struct stub *stub, const struct field *p)
{
    const char *name = p->name.text;
    FILE *file = stub->file;

    if (p->max) {
        fprintf(file, "    in.%s_count = %s_count;\n", name, name);
        fprintf(file, "    ipc_put_array(&call, (struct ipc_array){in.%s, %u, sizeof(in.%s[0])}, %s,\n"
                      "                  %s_count);\n", name, (unsigned)p->max, name, name, name);
        return;
    }
    switch (p->kind) {
    case KIND_CAP:
        fprintf(file, "    ipc_send_cap(&call, %s, %s);\n", name, rights(p));
        break;
    case KIND_BULK:
        fprintf(file, "    in.%s_offset = %s->offset;\n    in.%s_length = %s->length;\n", name, name,
                name, name);
        fprintf(file, "    ipc_send_cap(&call, %s->dataspace, %s);\n", name, rights(p));
        break;
    case KIND_CAPSET: /* comes last, see emit_capset */
        break;
    case KIND_STRING:
        fprintf(file, "    ipc_put_string(&call, in.%s, sizeof(in.%s), %s);\n", name, name, name);
        break;
    case KIND_STRUCT:
        fprintf(file, "    in.%s = *%s;\n", name, name);
        break;
    default:
        fprintf(file, "    in.%s = %s;\n", name, name);
    }
}

static void emit_expect(const struct stub *stub, const struct field *p)
{
    const char *name = p->name.text;

    if (p->kind == KIND_CAP)
        fprintf(stub->file, "    ipc_expect_cap(&call, %s);\n", name);
    else if (p->kind == KIND_CAPSET)
        fprintf(stub->file, "    ipc_expect_capset(&call, %s);\n", name);
    else if (p->kind == KIND_PAGES)
        fprintf(stub->file, "    ipc_expect_pages(&call, %s, %u);\n", name, (unsigned)p->bound);
}

static void emit_capset(const struct stub *stub)
{
    for (const struct field *p = stub->operation->params; p; p = p->next)
        if (!p->out && p->kind == KIND_CAPSET)
            fprintf(stub->file, "    ipc_send_capset(&call, %s, %s);\n", p->name.text, rights(p));
}

/* Structs are copied whole: the strings in them have not been looked at yet. */
static bool has_structs_to_check(const struct operation *o)
{
    for (const struct field *p = o->params; p; p = p->next)
        if (!p->out && p->kind == KIND_STRUCT && structure_needs_check(p->structure))
            return true;
    return false;
}

static void emit_fill(const struct stub *stub)
{
    const struct operation *o = stub->operation;

    for (const struct field *p = o->params; p; p = p->next)
        if (!p->out)
            emit_in(stub, p);
    emit_capset(stub);
    for (const struct field *p = o->params; p; p = p->next)
        if (p->out)
            emit_expect(stub, p);
    if (has_structs_to_check(o))
        fprintf(stub->file, "    ipc_put_check(&call, %s_%s_in_valid(&in));\n", stub->prefix,
                o->name.text);
}

static void emit_out(const struct stub *stub, const struct field *p)
{
    const char *name = p->name.text;
    FILE *file = stub->file;

    if (p->max)
        fprintf(file, "    memcpy(%s, out.%s, out.%s_count * sizeof(out.%s[0]));\n"
                      "    *%s_count = out.%s_count;\n", name, name, name, name, name, name);
    else if (p->kind == KIND_STRING)
        fprintf(file, "    memcpy(%s, out.%s, sizeof(out.%s));\n", name, name, name);
    else
        fprintf(file, "    *%s = out.%s;\n", name, name);
}

static void emit_call(const struct stub *stub)
{
    const struct operation *o = stub->operation;
    FILE *file = stub->file;

    if (o->reply.size == 0) {
        fputs("    return ipc_client_call(&call, &words);\n", file);
        return;
    }
    fputs("    result = ipc_client_call(&call, &words);\n"
          "    if (result < 0)\n        return result;\n", file);
    if (params_need_check(o, true))
        fprintf(file, "    if (!%s_%s_out_valid(&out))\n        return ipc_client_refuse(&call);\n",
                stub->prefix, o->name.text);
    for (const struct field *p = o->params; p; p = p->next)
        if (p->out && field_in_words(p))
            emit_out(stub, p);
    fputs("    return 0;\n", file);
}

static void emit_stub(FILE *file, const struct interface *interface, const struct operation *o)
{
    const char *prefix = interface->name.text, *name = o->name.text;
    struct stub stub = {file, prefix, o};

    fputc('\n', file);
    emit_client_prototype(file, interface, o, ")\n{\n");
    fprintf(file, "    struct %s_%s_in in = {.opcode = %s_OP_%s};\n", prefix, name, upper(prefix),
            upper(name));
    if (o->reply.size > 0)
        fprintf(file, "    struct %s_%s_out out;\n", prefix, name);
    fprintf(file, "    struct ipc_client call = {\n        .server = server, .protocol = %s_PROTOCOL, "
                  ".timeouts = %s_TIMEOUTS};\n", upper(prefix), upper(prefix));
    if (o->reply.size > 0)
        fputs("    const struct ipc_words words = {&in, sizeof(in), &out, sizeof(out)};\n"
              "    long result;\n\n", file);
    else
        fputs("    const struct ipc_words words = {&in, sizeof(in), NULL, 0};\n\n", file);
    emit_fill(&stub);
    emit_call(&stub);
    fputs("}\n", file);
}

void emit_client(FILE *file, const struct interface *interface)
{
    fprintf(file, "/* Made by tool/idl from %s.idl. */\n#include <string.h>\n#include \"idl/%s.h\"\n",
            interface->name.text, interface->name.text);
    for (unsigned i = 0; i < interface->operation_count; i++)
        emit_stub(file, interface, interface->all_operations[i]);
}
