/* SPDX-License-Identifier: BSD-2-Clause */
/* Finding a definition by name in one object. */
#include "elf/part.h"
#include <string.h>

uint32_t elf_gnu_hash(const char *name, uint64_t *length)
{
    const unsigned char *s = (const unsigned char *)name;
    uint32_t hash = 5381;
    for (; *s; s++)
        hash = hash * 33 + *s;
    *length = (const char *)s - name;
    return hash;
}

uint32_t elf_sysv_hash(const char *name)
{
    uint32_t hash = 0;
    for (const unsigned char *s = (const unsigned char *)name; *s; s++) {
        hash = (hash << 4) + *s;
        hash = (hash ^ (hash >> 24 & 0xf0)) & 0x0fffffff;
    }
    return hash;
}

/** Does the symbol stand for something others may bind to? */
static bool defines(const Elf64_Sym *sym, const struct elf_key *key)
{
    unsigned type = ELF64_ST_TYPE(sym->st_info), bind = ELF64_ST_BIND(sym->st_info);
    unsigned visibility = ELF64_ST_VISIBILITY(sym->st_other);

    if (bind != STB_GLOBAL && bind != STB_WEAK && bind != STB_GNU_UNIQUE)
        return false;
    if (visibility == STV_HIDDEN || visibility == STV_INTERNAL)
        return false;
    if (type > STT_FUNC && type != STT_COMMON && type != STT_TLS && type != STT_GNU_IFUNC)
        return false;
    if (sym->st_shndx == SHN_UNDEF)
        return sym->st_value != 0 && key->accept_canonical && type != STT_TLS;
    return sym->st_value != 0 || sym->st_shndx == SHN_ABS || type == STT_TLS;
}

/** Asked with a version: that version, or an object that does not say. Asked without: the base
 *  version (index 1 or 2) or the default one, which is not hidden. */
static bool version_fits(const struct elf_symbols *symbols, uint32_t symbol,
                         const struct elf_key *key)
{
    if (!symbols->version_of)
        return true;
    unsigned index = symbols->version_of[symbol] & 0x7fff;
    bool hidden = symbols->version_of[symbol] & 0x8000;
    if (!key->version)
        return index <= 2 || !hidden;
    const struct elf_version *own = index < symbols->version_count ? &symbols->versions[index] : NULL;
    if (!own || !own->name || index <= 1)
        return !hidden;
    return own->hash == key->version->hash && strcmp(own->name, key->version->name) == 0;
}

static bool matches(const struct elf_object *object, uint32_t symbol, struct elf_key *key)
{
    const Elf64_Sym *sym = &object->symbols.table[symbol];
    if (!defines(sym, key))
        return false;
    const char *name = elf_symbol_name(object, symbol);
    if (strcmp(name, key->name) == 0)
        return version_fits(&object->symbols, symbol, key);
    key->work += 16; /* a false hit: rare unless somebody made it so */
    return false;
}

static uint32_t lookup_gnu(const struct elf_object *object, struct elf_key *key)
{
    const struct elf_symbols *symbols = &object->symbols;
    uint32_t hash = key->gnu_hash;
    uint64_t word = symbols->bloom[(hash / 64) & symbols->bloom_mask];

    if (!((word >> (hash % 64)) & (word >> ((hash >> symbols->bloom_shift) % 64)) & 1))
        return 0;
    uint32_t symbol = symbols->gnu_buckets[hash % symbols->gnu_bucket_count];
    if (symbol == 0)
        return 0;
    for (const uint32_t *chain = symbols->gnu_chain + (symbol - symbols->gnu_first);;
         chain++, symbol++) {
        key->work++;
        if ((*chain | 1) == (hash | 1) && matches(object, symbol, key))
            return symbol;
        if (*chain & 1)
            return 0;
    }
}

static uint32_t lookup_sysv(const struct elf_object *object, struct elf_key *key)
{
    const struct elf_symbols *symbols = &object->symbols;
    if (key->sysv_hash == ELF_NO_HASH)
        key->sysv_hash = elf_sysv_hash(key->name);
    uint32_t symbol = symbols->sysv_buckets[key->sysv_hash % symbols->sysv_bucket_count];
    while (symbol && !matches(object, symbol, key)) {
        key->work++;
        symbol = symbols->sysv_chain[symbol];
    }
    return symbol;
}

uint32_t elf_lookup_key(const struct elf_object *object, struct elf_key *key)
{
    if (object->symbols.gnu_buckets)
        return lookup_gnu(object, key);
    return object->symbols.sysv_buckets ? lookup_sysv(object, key) : 0;
}

const Elf64_Sym *elf_lookup(const struct elf_object *object, const char *name)
{
    uint64_t length;
    struct elf_key key = {
        .name = name,
        .gnu_hash = elf_gnu_hash(name, &length),
        .sysv_hash = ELF_NO_HASH,
    };
    uint32_t symbol = elf_lookup_key(object, &key);
    return symbol ? &object->symbols.table[symbol] : NULL;
}

const struct elf_version *elf_version_wanted(const struct elf_object *object, uint32_t symbol)
{
    const struct elf_symbols *symbols = &object->symbols;
    unsigned index = symbols->version_of ? symbols->version_of[symbol] & 0x7fff : 0;
    if (index <= 1 || index >= symbols->version_count || !symbols->versions[index].name)
        return NULL;
    return &symbols->versions[index];
}
