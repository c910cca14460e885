/* SPDX-License-Identifier: BSD-2-Clause */
/* The ordered list of objects that are linked together. */
#include "elf/part.h"
#include <string.h>

void elf_set_init(struct elf_set *set, const struct elf_arena *arena)
{
    *set = (struct elf_set){ .arena = arena, .tls_align = 1 };
}

static bool grow(struct elf_set *set)
{
    uint32_t capacity = set->capacity ? 2 * set->capacity : 16;
    struct elf_member *members = elf_alloc(set->arena, capacity, sizeof(*members));
    if (!members)
        return false;
    if (set->count)
        memcpy(members, set->members, set->count * sizeof(*members));
    set->members = members;
    set->capacity = capacity;
    return true;
}

int elf_set_add(struct elf_set *set, const struct elf_object *object, const char *name,
                uint32_t flags)
{
    if (set->count > 0 && (object->fixed || !object->dynamic))
        return -ERR_EWRONGTYPE;
    if (set->count == set->capacity && !grow(set))
        return -ERR_ENOMEM;
    set->members[set->count] =
        (struct elf_member){ .object = object, .name = name, .flags = flags };
    return set->count++;
}

int elf_set_find(const struct elf_set *set, const char *name)
{
    for (uint32_t i = 0; i < set->count; i++) {
        const struct elf_member *m = &set->members[i];
        if (strcmp(m->name, name) == 0)
            return i;
        if (m->object->soname && strcmp(m->object->soname, name) == 0)
            return i;
    }
    return -ERR_ENOENT;
}

int elf_set_export(const struct elf_set *set, const char *name, struct elf_binding *binding)
{
    for (uint32_t i = 0; i < set->count; i++) {
        const struct elf_object *object = set->members[i].object;
        const Elf64_Sym *sym = elf_lookup(object, name);
        if (sym) {
            *binding = elf_binding_of(i, object, sym - object->symbols.table);
            return 0;
        }
    }
    return -ERR_ENOENT;
}

/** A walk in depth without recursion: on the stack are members whose needed ones are being done. */
struct order_walk {
    const struct elf_set *set;
    uint32_t *order, done; /* the result so far */
    uint32_t *stack, depth;
    uint32_t *next; /* per member: 0 not seen, else 1 + how many of its needed are done */
};

static void push(struct order_walk *walk, uint32_t member)
{
    if (walk->next[member] == 0) {
        walk->next[member] = 1;
        walk->stack[walk->depth++] = member;
    }
}

static void visit(struct order_walk *walk, uint32_t start)
{
    push(walk, start);
    while (walk->depth) {
        uint32_t top = walk->stack[walk->depth - 1];
        const struct elf_member *m = &walk->set->members[top];
        uint32_t next = walk->next[top]++ - 1;
        if (next < m->object->needed_count) {
            push(walk, m->needed[next]);
        } else {
            walk->order[walk->done++] = top;
            walk->depth--;
        }
    }
}

/* The program is last even if a library needs it. Starting with the last library gives the order of
 * the common dynamic linkers among those that do not need each other. */
int elf_set_order(const struct elf_set *set, uint32_t *order)
{
    struct order_walk walk = { .set = set, .order = order };
    if (set->count == 0)
        return 0;
    walk.stack = elf_alloc(set->arena, set->count, sizeof(uint32_t));
    walk.next = elf_alloc(set->arena, set->count, sizeof(uint32_t));
    if (!walk.stack || !walk.next)
        return -ERR_ENOMEM;
    walk.next[0] = 1;
    for (uint32_t i = set->count; i > 1; i--)
        visit(&walk, i - 1);
    order[walk.done] = 0;
    return 0;
}
