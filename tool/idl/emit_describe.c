/* SPDX-License-Identifier: BSD-2-Clause */
#include "tool/idl/idl.h"

/*
 * Tables that describe interfaces (lib/ipc/describe.h). Places and sizes are left to the C
 * compiler.
 */

static const char *kind_name(enum kind kind)
{
    switch (kind) {
    case KIND_BOOL: return "BOOL";
    case KIND_I32: case KIND_I64: return "SIGNED";
    case KIND_ADDR: return "ADDR";
    case KIND_STRING: return "STRING";
    case KIND_STRUCT: return "STRUCT";
    case KIND_CAP: case KIND_BULK: return "CAP";
    case KIND_CAPSET: return "CAPSET";
    case KIND_PAGES: return "PAGES";
    default: return "UNSIGNED";
    }
}

/** The struct that the fields of one direction lie in. */
struct direction {
    FILE *file;
    const char *interface, *operation;
    bool out;
};

static void emit_placed(const struct direction *d, const char *kind, const char *name,
                        const char *suffix, unsigned bound)
{
    const char *way = d->out ? "out" : "in";

    fprintf(d->file, "    {\"%s%s\", IPC_FIELD_%s, %d, 0, offsetof(struct %s_%s_%s, %s%s),\n"
                     "     sizeof(((struct %s_%s_%s *)0)->%s%s), %u},\n", name, suffix, kind, d->out,
            d->interface, d->operation, way, name, suffix, d->interface, d->operation, way, name,
            suffix, bound);
}

static void emit_field(const struct direction *d, const struct field *p)
{
    const char *name = p->name.text;

    if (p->kind >= KIND_CAP)
        fprintf(d->file, "    {\"%s\", IPC_FIELD_%s, %d, %d, 0, 0, %u},\n", name,
                kind_name(p->kind), d->out, p->strong, (unsigned)p->bound);
    if (p->kind == KIND_BULK) {
        emit_placed(d, "UNSIGNED", name, "_offset", 0);
        emit_placed(d, "UNSIGNED", name, "_length", 0);
    }
    if (p->kind >= KIND_CAP)
        return;
    if (p->max)
        emit_placed(d, "COUNT", name, "_count", (unsigned)p->max);
    emit_placed(d, kind_name(p->kind), name, "", (unsigned)p->bound);
}

static void emit_fields(FILE *file, const struct interface *interface, const struct operation *o)
{
    struct direction d = {file, interface->name.text, o->name.text, false};

    fprintf(file, "\nstatic const struct ipc_field fields_%s_%s[] = {\n", d.interface, d.operation);
    for (const struct field *p = o->params; p; p = p->next) {
        d.out = p->out;
        emit_field(&d, p);
    }
    fputs("    {0}, /* there may be no parameters */\n};\n", file);
}

static void emit_interface(FILE *file, const struct interface *interface)
{
    const char *prefix = interface->name.text;

    for (unsigned i = 0; i < interface->operation_count; i++)
        emit_fields(file, interface, interface->all_operations[i]);
    fprintf(file, "\nstatic const struct ipc_operation operations_%s[] = {\n", prefix);
    for (unsigned i = 0; i < interface->operation_count; i++) {
        const struct operation *o = interface->all_operations[i];
        const char *name = o->name.text;
        fprintf(file, "    {\"%s\", fields_%s_%s, sizeof fields_%s_%s / sizeof(struct ipc_field) - 1,\n"
                      "     %u, %u},\n", name,
                prefix, name, prefix, name, o->request.size, o->reply.size);
    }
    fputs("};\n", file);
}

void emit_describe(FILE *file, struct interface *const *interfaces, unsigned count)
{
    fputs("/* Made by tool/idl --describe. */\n#include <stddef.h>\n#include \"ipc/describe.h\"\n",
          file);
    for (unsigned i = 0; i < count; i++)
        fprintf(file, "#include \"idl/%s.h\"\n", interfaces[i]->name.text);
    for (unsigned i = 0; i < count; i++)
        emit_interface(file, interfaces[i]);
    fputs("\nconst struct ipc_interface ipc_interfaces[] = {\n", file);
    for (unsigned i = 0; i < count; i++)
        fprintf(file, "    {\"%s\", %u, operations_%s, %u},\n", interfaces[i]->name.text,
                (unsigned)interfaces[i]->protocol, interfaces[i]->name.text,
                interfaces[i]->operation_count);
    fprintf(file, "};\nconst unsigned ipc_interface_count = %u;\n", count);
}
