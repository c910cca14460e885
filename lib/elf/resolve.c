/* SPDX-License-Identifier: BSD-2-Clause */
/* Who binds to whom. The result has no addresses, so it serves every task and every placement. */
#include "elf/part.h"
#include <string.h>

/** Members in which the symbols of one member are looked for: [first, end), itself before them. */
struct scope {
    uint32_t self, end;
    bool self_first;
    bool skip_self; /* COPY: the library's symbol, not the program's own */
};

static struct scope scope_of(const struct elf_set *set, uint32_t self)
{
    const struct elf_member *m = &set->members[self];
    bool alone = m->flags & ELF_MEMBER_ALONE;
    return (struct scope){
        .self = self,
        .end = alone ? 0 : set->count,
        .self_first = alone || m->object->symbolic,
    };
}

struct elf_binding elf_binding_of(uint32_t index, const struct elf_object *object, uint32_t symbol)
{
    const Elf64_Sym *sym = &object->symbols.table[symbol];
    return (struct elf_binding){
        .value = sym->st_value,
        .object = index,
        .symbol = symbol,
        .absolute = sym->st_shndx == SHN_ABS,
        .indirect = sym->st_shndx != SHN_UNDEF && ELF64_ST_TYPE(sym->st_info) == STT_GNU_IFUNC,
    };
}

/** Symbols nobody can replace: local ones, and those whose visibility says so. */
static bool bound_at_home(const Elf64_Sym *sym)
{
    return sym->st_shndx != SHN_UNDEF && (ELF64_ST_BIND(sym->st_info) == STB_LOCAL ||
                                          ELF64_ST_VISIBILITY(sym->st_other) != STV_DEFAULT);
}

/** First definition in the scope, weak or not. */
static bool search(const struct elf_set *set, const struct scope *scope, struct elf_key *key,
                   struct elf_binding *binding)
{
    for (uint32_t n = scope->self_first ? 0 : 1; n <= scope->end; n++) {
        uint32_t i = n == 0 ? scope->self : n - 1;
        if (scope->skip_self && i == scope->self)
            continue;
        const struct elf_object *object = set->members[i].object;
        uint32_t symbol = elf_lookup_key(object, key);
        if (symbol) {
            *binding = elf_binding_of(i, object, symbol);
            return true;
        }
    }
    return false;
}

static void report_missing(struct elf_resolver *r, const struct elf_member *m,
                           const struct elf_key *key)
{
    int error = elf_fail(r->report, ERR_EUNDEFINED, m->object->file.name,
                         "undefined symbol %s%s%s", key->name, key->version ? "@" : "",
                         key->version ? key->version->name : "");
    r->missing = r->missing ? r->missing : error;
}

/** Look one reference up in @scope. Nothing found: 0 if weak, else reported. */
static int bind(struct elf_resolver *r, const struct scope *scope, const struct elf_reference *ref,
                struct elf_binding *binding)
{
    const struct elf_member *m = &r->set->members[scope->self];
    const Elf64_Sym *sym = &m->object->symbols.table[ref->symbol];
    struct elf_key key = {
        .name = elf_symbol_name(m->object, ref->symbol),
        .version = elf_version_wanted(m->object, ref->symbol),
        .gnu_hash = ref->hash,
        .sysv_hash = ELF_NO_HASH,
        .limit = r->budget,
        .accept_canonical = !(ref->uses & (ELF_USE_CALL | ELF_USE_COPY)),
    };

    *binding = (struct elf_binding){ .object = scope->self, .absolute = 1 };
    key.length = strlen(key.name);
    r->set->lookups++;
    bool found = search(r->set, scope, &key, binding);
    if (!found && key.work <= r->budget && ELF64_ST_BIND(sym->st_info) != STB_WEAK)
        report_missing(r, m, &key);
    if (key.work > r->budget)
        return elf_fail(r->report, ERR_ECOMPLEX, m->object->file.name,
                        "look-ups take too long at symbol %s", key.name);
    r->budget -= key.work;
    return 0;
}

/** Thread-local data and ordinary symbols cannot stand for each other. */
static int check_kind(struct elf_resolver *r, const struct elf_member *m,
                      const struct elf_reference *ref, const struct elf_binding *b)
{
    if (b->symbol == 0)
        return 0;
    const struct elf_object *home = r->set->members[b->object].object;
    bool is_tls = ELF64_ST_TYPE(home->symbols.table[b->symbol].st_info) == STT_TLS;
    bool used_tls = ref->uses & ELF_USE_TLS, used_plain = ref->uses & ~ELF_USE_TLS;
    if (is_tls ? !used_plain : !used_tls)
        return 0;
    return elf_fail(r->report, ERR_ECORRUPT, m->object->file.name,
                    "symbol %s is thread-local for one but not the other, defined in %s",
                    elf_symbol_name(m->object, ref->symbol), home->file.name);
}

/** A symbol used both for calls and as data is looked up twice only if functions can have two
 *  addresses in this set: one for comparing, one for calling. */
static int bind_reference(struct elf_resolver *r, const struct scope *scope,
                          const struct elf_reference *ref)
{
    struct elf_member *m = &r->set->members[scope->self];
    struct elf_reference data = *ref, call = *ref;
    struct elf_binding *b = &m->bindings[ref->symbol];
    int error = 0;

    if (ref->uses == ELF_USE_COPY)
        return 0;
    if (bound_at_home(&m->object->symbols.table[ref->symbol])) {
        *b = elf_binding_of(scope->self, m->object, ref->symbol);
        if (m->calls != m->bindings)
            m->calls[ref->symbol] = *b;
        return check_kind(r, m, ref, b);
    }
    data.uses = r->canonical ? ref->uses & ~(ELF_USE_CALL | ELF_USE_COPY) : ref->uses;
    call.uses = r->canonical ? ref->uses & ELF_USE_CALL : 0;
    if (data.uses)
        error = bind(r, scope, &data, b);
    if (!error && data.uses && b->symbol == 0)
        m->calls[ref->symbol] = *b;
    else if (!error && call.uses)
        error = bind(r, scope, &call, &m->calls[ref->symbol]);
    if (!error && data.uses)
        error = check_kind(r, m, ref, b);
    return error;
}

static int alloc_bindings(struct elf_resolver *r, struct elf_member *m)
{
    uint32_t count = m->object->symbols.count;
    m->bindings = elf_alloc(r->set->arena, count, sizeof(*m->bindings));
    m->calls = m->bindings;
    if (r->canonical)
        m->calls = elf_alloc(r->set->arena, count, sizeof(*m->calls));
    if (!m->bindings || !m->calls)
        return elf_fail(r->report, ERR_ENOMEM, m->object->file.name, "no memory for bindings");
    return 0;
}

/** Relocations without a symbol name symbol 0: no base, no value. */
static int bind_member(struct elf_resolver *r, uint32_t index)
{
    struct elf_member *m = &r->set->members[index];
    struct scope scope = scope_of(r->set, index);

    if (m->object->symbols.count == 0)
        return 0;
    int error = alloc_bindings(r, m);
    if (error)
        return error;
    m->bindings[0] = (struct elf_binding){ .object = index, .absolute = 1 };
    m->calls[0] = m->bindings[0];
    for (uint32_t i = 0; i < m->object->reference_count && !error; i++)
        error = bind_reference(r, &scope, &m->object->references[i]);
    return error;
}

int elf_bind_copy(struct elf_resolver *r, uint32_t index, uint32_t symbol,
                  struct elf_binding *binding)
{
    struct scope scope = { .self = index, .end = r->set->count, .skip_self = true };
    uint64_t length;
    struct elf_reference ref = {
        .symbol = symbol,
        .hash = elf_gnu_hash(elf_symbol_name(r->set->members[index].object, symbol), &length),
        .uses = ELF_USE_COPY,
    };
    return bind(r, &scope, &ref, binding);
}

/** Turn names of needed libraries into member indices. */
static int find_needed(struct elf_resolver *r, struct elf_member *m)
{
    const struct elf_object *object = m->object;
    uint32_t *needed = elf_alloc(r->set->arena, object->needed_count, sizeof(*needed));
    if (!needed)
        return elf_fail(r->report, ERR_ENOMEM, object->file.name, "no memory for needed libraries");
    for (uint32_t i = 0; i < object->needed_count; i++) {
        int found = elf_set_find(r->set, object->needed[i]);
        if (found < 0)
            r->missing = elf_fail(r->report, ERR_ENOLIB, object->file.name,
                                  "library %s is missing", object->needed[i]);
        needed[i] = found < 0 ? 0 : found;
    }
    m->needed = needed;
    return 0;
}

/** Generous for any real file: a chain has two or three steps. */
static uint64_t reasonable_work(const struct elf_set *set)
{
    uint64_t work = 1 << 24;
    for (uint32_t i = 0; i < set->count; i++)
        work += 256ull * (set->members[i].object->reference_count + 1);
    return work;
}

int elf_set_resolve(struct elf_set *set, struct elf_report *report)
{
    struct elf_resolver r = { .set = set, .report = report, .budget = reasonable_work(set) };
    int error = elf_layout_tls(&r);

    for (uint32_t i = 0; i < set->count; i++)
        r.canonical |= set->members[i].object->has_canonical;
    for (uint32_t i = 0; i < set->count && !error; i++)
        error = find_needed(&r, &set->members[i]);
    for (uint32_t i = 0; i < set->count && !error; i++)
        error = bind_member(&r, i);
    if (!error)
        error = elf_list_special(&r);
    return error ? error : r.missing;
}
