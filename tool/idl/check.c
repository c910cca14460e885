/* SPDX-License-Identifier: BSD-2-Clause */
#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include "tool/idl/idl.h"

/* What the grammar cannot say: names, types, sizes. */

static const struct {
    const char *name;
    enum kind kind;
    unsigned size;
} builtin[] = {
    {"bool", KIND_BOOL, 1},   {"uint8", KIND_U8, 1},      {"uint16", KIND_U16, 2},
    {"uint32", KIND_U32, 4},  {"uint64", KIND_U64, 8},    {"int32", KIND_I32, 4},
    {"int64", KIND_I64, 8},   {"addr", KIND_ADDR, 8},     {"string", KIND_STRING, 1},
    {"cap", KIND_CAP, 0},     {"bulk", KIND_BULK, 0},     {"capset", KIND_CAPSET, 0},
    {"pages", KIND_PAGES, 0},
};

static bool same(const char *a, const char *b)
{
    return strcmp(a, b) == 0;
}

static struct structure *find_structure(const struct interface *interface, const char *name)
{
    for (; interface; interface = interface->base)
        for (struct structure *s = interface->structures; s; s = s->next)
            if (same(s->name.text, name))
                return s;
    return NULL;
}

bool field_in_words(const struct field *field)
{
    return field->kind <= KIND_STRUCT || field->kind == KIND_BULK;
}

bool structure_needs_check(const struct structure *structure)
{
    for (const struct field *f = structure->fields; f; f = f->next)
        if (field_needs_check(f))
            return true;
    return false;
}

bool field_needs_check(const struct field *field)
{
    return field->max || field->kind == KIND_BOOL || field->kind == KIND_STRING
           || (field->kind == KIND_STRUCT && structure_needs_check(field->structure));
}

bool params_need_check(const struct operation *operation, bool out)
{
    for (const struct field *p = operation->params; p; p = p->next)
        if (p->out == out && field_needs_check(p))
            return true;
    return false;
}

/* --- names --- */

/*
 * Each list element starts with its next pointer, followed by its name, so one function serves
 * all of them.
 */
struct __attribute__((may_alias)) named {
    struct named *next;
    struct word name;
};

static void check_names(const void *list, const char *what)
{
    for (const struct named *n = list; n; n = n->next)
        for (const struct named *o = list; o != n; o = o->next)
            if (same(n->name.text, o->name.text)) {
                error_at(n->name.at, "%s '%s' is there already, in line %d", what, n->name.text,
                         o->name.at.line);
                break;
            }
}

static void check_field_names(const struct field *fields, const char *what)
{
    check_names(fields, what);
    for (const struct field *f = fields; f; f = f->next)
        if (is_reserved(f->name.text))
            error_at(f->name.at, "'%s' is a word of C or of generated code", f->name.text);
}

static void check_base_operations(const struct interface *interface)
{
    for (const struct operation *o = interface->operations; o; o = o->next)
        for (const struct interface *b = interface->base; b; b = b->base)
            for (const struct operation *p = b->operations; p; p = p->next)
                if (same(o->name.text, p->name.text))
                    error_at(o->name.at, "operation '%s' is inherited from '%s' already",
                             o->name.text, b->name.text);
}

/* --- types --- */

static void resolve(const struct interface *interface, struct field *field)
{
    for (unsigned i = 0; i < sizeof(builtin) / sizeof(builtin[0]); i++)
        if (same(builtin[i].name, field->type.text)) {
            bool bounded = builtin[i].kind == KIND_STRING || builtin[i].kind == KIND_PAGES;
            field->kind = builtin[i].kind;
            if (bounded && !field->bound)
                error_at(field->type.at, "%s needs a limit: %s<N>", field->type.text,
                         field->type.text);
            if (!bounded && field->bound)
                error_at(field->type.at, "%s takes no limit", field->type.text);
            return;
        }
    field->kind = KIND_STRUCT;
    field->structure = find_structure(interface, field->type.text);
    if (!field->structure || field->structure->size == 0) {
        error_at(field->type.at, "unknown type '%s'", field->type.text);
        field->kind = KIND_U64;
    }
}

static void check_param(const struct field *p)
{
    bool item = p->kind >= KIND_CAP;

    if (item && p->max)
        error_at(p->name.at, "no arrays of %s", p->type.text);
    if (p->kind == KIND_STRING && p->max)
        error_at(p->name.at, "no arrays of strings: put the string into a struct");
    if (p->strong && p->kind != KIND_CAP && p->kind != KIND_BULK && p->kind != KIND_CAPSET)
        error_at(p->type.at, "'!' is for capabilities");
    if (p->kind == KIND_PAGES && !p->out)
        error_at(p->type.at, "pages are out only");
    if (p->kind == KIND_BULK && p->out)
        error_at(p->type.at, "bulk is in only");
}

/* --- layout: natural C --- */

struct layout {
    unsigned size, align;
};

static void place_bytes(struct layout *layout, unsigned size, unsigned align)
{
    layout->size = (layout->size + align - 1) / align * align + size;
    if (align > layout->align)
        layout->align = align;
}

static void place_field(struct layout *layout, const struct field *field)
{
    unsigned size = 0, align = 1, count = field->max ? (unsigned)field->max : 1;

    if (!field_in_words(field))
        return;
    if (field->kind == KIND_BULK) {
        place_bytes(layout, 16, 8);
        return;
    }
    if (field->kind == KIND_STRUCT) {
        size = field->structure->size;
        align = field->structure->align;
    } else if (field->kind == KIND_STRING) {
        size = (unsigned)field->bound + 1;
    } else {
        size = align = builtin[field->kind].size;
    }
    if (field->max)
        place_bytes(layout, 4, 4); /* NAME_count */
    place_bytes(layout, size * count, align);
}

static void check_structure(const struct interface *interface, struct structure *structure)
{
    struct layout layout = {0, 1};

    check_field_names(structure->fields, "member");
    for (struct field *f = structure->fields; f; f = f->next) {
        resolve(interface, f);
        if (f->kind >= KIND_CAP)
            error_at(f->type.at, "%s can only be a parameter", f->type.text);
        if (f->kind == KIND_STRING && f->max)
            error_at(f->name.at, "no arrays of strings: put the string into a struct");
        place_field(&layout, f);
    }
    place_bytes(&layout, 0, layout.align);
    structure->size = layout.size;
    structure->align = layout.align;
}

/* --- operations --- */

static void count_items(struct message *message, const struct field *p)
{
    if (p->kind == KIND_CAP || p->kind == KIND_BULK)
        message->caps++;
    if (p->kind == KIND_CAPSET)
        message->capsets++;
    if (p->kind == KIND_PAGES)
        message->pages += (unsigned)p->bound;
}

static void check_message(const struct operation *operation, const struct message *m, bool out)
{
    const char *what = out ? "reply" : "request";
    unsigned items = m->caps + m->capsets + m->pages;
    unsigned words;

    if (!out && m->capsets)
        items = MAX_CAPS + 1; /* the set comes after all slots for single capabilities */
    words = m->size / 8 + 2 * items;
    if (words > MAX_MESSAGE_WORDS)
        error_at(operation->name.at, "%s of '%s' has %u words, the limit is %d", what,
                 operation->name.text, words, MAX_MESSAGE_WORDS);
    if (m->caps > MAX_CAPS)
        error_at(operation->name.at, "%s of '%s' has %u capabilities, the limit is %d", what,
                 operation->name.text, m->caps, MAX_CAPS);
    if (m->capsets > 1)
        error_at(operation->name.at, "%s of '%s' has more than one capset", what,
                 operation->name.text);
}

static void check_operation(const struct interface *interface, struct operation *operation)
{
    struct layout request = {8, 8}, reply = {0, 1};
    unsigned pages = 0;

    check_field_names(operation->params, "parameter");
    for (struct field *p = operation->params; p; p = p->next) {
        resolve(interface, p);
        check_param(p);
        place_field(p->out ? &reply : &request, p);
        count_items(p->out ? &operation->reply : &operation->request, p);
        if (p->kind == KIND_PAGES && pages++)
            error_at(p->name.at, "a second 'pages' in one reply");
    }
    operation->reply.align = reply.align;
    place_bytes(&request, 0, 8);
    place_bytes(&reply, 0, 8);
    operation->request.size = request.size;
    operation->reply.size = reply.size;
    check_message(operation, &operation->request, false);
    check_message(operation, &operation->reply, true);
}

/* --- interfaces --- */

static void load_base(struct interface *interface, const char *folder, int depth)
{
    struct word name = interface->base_name;
    char path[1024];

    if (!name.text)
        return;
    if (depth == MAX_BASES) {
        error_at(name.at, "more than %d bases: '%s' is its own base?", MAX_BASES, name.text);
        return;
    }
    snprintf(path, sizeof(path), "%s/%s.idl", folder, name.text);
    interface->base = parse_file(strdup(path));
    if (!interface->base)
        error_at(name.at, "no base interface '%s'", name.text);
    else
        load_base(interface->base, folder, depth + 1);
}

/* Base first, so that its operations have the same opcodes here and there. */
static unsigned number_operations(struct interface *interface, struct operation **all)
{
    unsigned count = interface->base ? number_operations(interface->base, all) : 0;

    for (struct operation *o = interface->operations; o; o = o->next) {
        o->opcode = count + 1;
        if (all)
            all[count] = o;
        count++;
    }
    return count;
}

static void check_one(struct interface *interface)
{
    if (interface->base)
        check_one(interface->base);
    check_names(interface->constants, "constant");
    check_names(interface->structures, "struct");
    check_names(interface->operations, "operation");
    check_base_operations(interface);
    for (struct structure *s = interface->structures; s; s = s->next)
        check_structure(interface, s);
    for (struct operation *o = interface->operations; o; o = o->next)
        check_operation(interface, o);
}

/* The number in "interface NAME ... = NUMBER {" of a neighbour; 0 if there is no such line. */
static uint64_t protocol_in(const char *path)
{
    FILE *file = fopen(path, "r");
    uint64_t protocol = 0;
    char line[1024];

    while (file && !protocol && fgets(line, sizeof(line), file))
        if (strncmp(line, "interface ", 10) == 0 && strchr(line, '='))
            protocol = strtoull(strchr(line, '=') + 1, NULL, 0);
    if (file)
        fclose(file);
    return protocol;
}

static void check_protocol_is_unique(const struct interface *interface, const char *folder)
{
    DIR *files = opendir(folder);
    struct dirent *entry;
    char path[1024];

    while (files && (entry = readdir(files))) {
        size_t length = strlen(entry->d_name);
        if (length <= 4 || !same(entry->d_name + length - 4, ".idl"))
            continue;
        snprintf(path, sizeof(path), "%s/%s", folder, entry->d_name);
        if (strncmp(entry->d_name, interface->name.text, length - 4) == 0
            && strlen(interface->name.text) == length - 4)
            continue;
        if (protocol_in(path) == interface->protocol)
            error_at(interface->name.at, "protocol number %llu is that of %s already",
                     (unsigned long long)interface->protocol, entry->d_name);
    }
    if (files)
        closedir(files);
}

void check_interface(struct interface *interface, const char *folder)
{
    if (!error_count)
        check_protocol_is_unique(interface, folder);
    load_base(interface, folder, 0);
    if (error_count)
        return;
    check_one(interface);
    interface->operation_count = number_operations(interface, NULL);
    interface->all_operations = make((interface->operation_count + 1) * sizeof(struct operation *));
    number_operations(interface, interface->all_operations);
    if (interface->operation_count == 0)
        error_at(interface->name.at, "'%s' has no operations", interface->name.text);
}
