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

enum fit { NO, IF_NO_OTHER, YES };

/** Asked with a version: that version, or an object that does not say. Asked without, as objects
 *  older than the versions do: the oldest, which is what they were linked against, or else the
 *  default one; @newest, as a look-up by name does: the default one. */
static enum fit version_fit(const struct elf_symbols *symbols, uint32_t symbol,
                            const struct elf_key *key)
{
    if (!symbols->version_of)
        return YES;
    unsigned index = symbols->version_of[symbol] & 0x7fff;
    bool hidden = symbols->version_of[symbol] & 0x8000;
    if (!key->version) {
        if (index < (key->newest ? 2 : 3))
            return YES;
        return hidden ? NO : IF_NO_OTHER;
    }
    const struct elf_version *own = &symbols->versions[index];
    if (index <= 1 || index >= symbols->version_count || !own->name)
        return hidden ? NO : YES;
    bool same = own->hash == key->version->hash && strcmp(own->name, key->version->name) == 0;
    return same ? YES : NO;
}

/** Is it this symbol? If only for want of a better one, it is remembered in the key. */
static bool matches(const struct elf_object *object, uint32_t symbol, struct elf_key *key)
{
    if (!defines(&object->symbols.table[symbol], key))
        return false;
    if (strcmp(elf_symbol_name(object, symbol), key->name) != 0) {
        key->work += 16 + key->length / 8; /* a false hit: rare unless somebody made it so */
        return false;
    }
    enum fit fit = version_fit(&object->symbols, symbol, key);
    if (fit == IF_NO_OTHER && key->second_best == 0)
        key->second_best = symbol;
    return fit == YES;
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
        if ((*chain | 1) == (hash | 1)) {
            if (matches(object, symbol, key))
                return symbol;
            if (key->work > key->limit)
                return 0;
        }
        if (*chain & 1)
            return key->second_best;
    }
}

static uint32_t lookup_sysv(const struct elf_object *object, struct elf_key *key)
{
    const struct elf_symbols *symbols = &object->symbols;
    if (key->sysv_hash == ELF_NO_HASH)
        key->sysv_hash = elf_sysv_hash(key->name);
    uint32_t symbol = symbols->sysv_buckets[key->sysv_hash % symbols->sysv_bucket_count];
    while (symbol && !matches(object, symbol, key)) {
        if (++key->work > key->limit)
            return 0;
        symbol = symbols->sysv_chain[symbol];
    }
    return symbol ? symbol : key->second_best;
}

uint32_t elf_lookup_key(const struct elf_object *object, struct elf_key *key)
{
    key->second_best = 0;
    if (object->symbols.gnu_buckets)
        return lookup_gnu(object, key);
    return object->symbols.sysv_buckets ? lookup_sysv(object, key) : 0;
}

const Elf64_Sym *elf_lookup(const struct elf_object *object, const char *name)
{
    struct elf_key key = {
        .name = name, .sysv_hash = ELF_NO_HASH, .newest = true, .limit = UINT64_MAX};
    key.gnu_hash = elf_gnu_hash(name, &key.length);
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
