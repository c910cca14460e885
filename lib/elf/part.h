/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
/** What the files of lib/elf share; not for anyone else. */
#include "elf/elf.h"

/* In elf.h of older C libraries these are missing. */
enum { ELF_DT_RELRSZ = 35, ELF_DT_RELR = 36, ELF_DT_RELRENT = 37, ELF_DT_COUNT = 38 };

/** Addresses of tasks end here (half open). */
#define ELF_USER_END 0x7ffffffff000ull

/** The dynamic section as a table: tag -> value, 0 if absent. */
struct elf_dynamic {
    uint64_t value[ELF_DT_COUNT];
    uint64_t gnu_hash, versym, verneed, verneed_count, verdef, verdef_count;
};

/** One elf_parse() in progress. */
struct elf_parser {
    struct elf_object *object;
    const struct elf_arena *arena;
    struct elf_report *report;
    struct elf_dynamic dynamic;
    uint64_t dynamic_size; /* bytes of the dynamic section */
    struct elf_segment *segments; /* the object's, writable */
    uint64_t *relocated;          /* the object's, writable */
    uint64_t relro_start, relro_end; /* vaddr, whole pages; empty: none */
    uint32_t symbol_limit; /* no symbol index at or above this can be in the file */
    uint32_t symbol_end;   /* one above the highest symbol index seen so far */
    uint8_t *uses;         /* [symbol_limit] ELF_USE_* */
};

/* The parts of elf_parse(), in this order. */
int elf_parse_segments(struct elf_parser *parser);
int elf_parse_dynamic(struct elf_parser *parser);
int elf_parse_hash(struct elf_parser *parser);
int elf_parse_relocations(struct elf_parser *parser);
int elf_parse_versions(struct elf_parser *parser);
int elf_parse_symbols(struct elf_parser *parser);
int elf_parse_sections(struct elf_parser *parser);

/** Put "OBJECT: FORMAT...\n" into the report; returns -error. FORMAT knows %s %lu %lx. */
int elf_fail(struct elf_report *report, enum error error, const char *object,
             const char *format, ...) __attribute__((format(printf, 4, 5)));

/** @count zeroed elements of @size bytes; NULL if the arena is exhausted. */
void *elf_alloc(const struct elf_arena *arena, uint64_t count, uint64_t size);

/** Does [@start, @start + @length) lie in [0, @limit)? */
static inline bool elf_inside(uint64_t start, uint64_t length, uint64_t limit)
{
    return length <= limit && start <= limit - length;
}

static inline uint64_t elf_page_down(uint64_t value)
{
    return value & ~(ELF_PAGE_SIZE - 1);
}

static inline uint64_t elf_page_up(uint64_t value)
{
    return elf_page_down(value + ELF_PAGE_SIZE - 1);
}

static inline bool elf_power_of_two(uint64_t value)
{
    return value && !(value & (value - 1));
}

/** The segment whose memory has [@vaddr, @vaddr + @length), or NULL. */
const struct elf_segment *elf_segment_at(const struct elf_object *object, uint64_t vaddr,
                                         uint64_t length);

/** The section with @vaddr, or NULL. */
const struct elf_section *elf_section_at(const struct elf_object *object, uint64_t vaddr);

/**
 * Longest name of a library, version or path: they are compared again and again. Names of symbols
 * may be longer; what comparing them costs is counted (struct elf_key).
 */
#define ELF_NAME_MAX 1024u

/** The string at @offset of the string table, or NULL if that is outside. */
const char *elf_string(const struct elf_object *object, uint64_t offset);

/* ---- symbols ------------------------------------------------------------------------------- */

/** What is looked for. */
struct elf_key {
    const char *name;
    const struct elf_version *version; /* or NULL: none was asked for */
    bool newest;                       /* then prefer the default version to the oldest */
    uint32_t gnu_hash;
    uint32_t sysv_hash; /* ELF_NO_HASH: not computed yet */
    bool accept_canonical; /* an undefined function with an address will do (not for calls) */
    uint64_t length;       /* of the name */
    uint64_t limit;        /* of work: then nothing is found */
    uint64_t work;         /* steps made; grows with every look-up */
    uint32_t second_best;  /* during one look-up: found, but there may be a better one */
};
#define ELF_NO_HASH 0xffffffffu

uint32_t elf_gnu_hash(const char *name, uint64_t *length);
uint32_t elf_sysv_hash(const char *name);

/** Index of the symbol of @object that defines @key for others, or 0. */
uint32_t elf_lookup_key(const struct elf_object *object, struct elf_key *key);

/** The version @object asks for when it refers to @symbol, or NULL. */
const struct elf_version *elf_version_wanted(const struct elf_object *object, uint32_t symbol);

static inline const char *elf_symbol_name(const struct elf_object *object, uint32_t symbol)
{
    return object->symbols.strings + object->symbols.table[symbol].st_name;
}

/* ---- relocation types ---------------------------------------------------------------------- */

/** What a relocation computes: S symbol, A addend, B base, P place, Z size of the symbol. */
enum elf_formula {
    ELF_UNKNOWN,
    ELF_NONE,
    ELF_RELATIVE,  /* B + A */
    ELF_SYMBOL,    /* S + A */
    ELF_PLACE,     /* S + A - P */
    ELF_SIZE,      /* Z + A */
    ELF_MODULE,    /* number of the module with the thread-local symbol */
    ELF_TLS_BLOCK, /* offset of the symbol in its module's block, + A */
    ELF_TLS_STATIC, /* the same from the thread pointer */
    ELF_COPY,      /* Z bytes from the library's S */
    ELF_INDIRECT,  /* result of calling B + A */
};

/** Which values fit the field. */
enum elf_limit { ELF_ANY, ELF_SIGNED, ELF_UNSIGNED };

struct elf_howto {
    const char *name;
    uint8_t formula; /* enum elf_formula */
    uint8_t width;   /* bytes */
    uint8_t range;   /* enum elf_limit */
    uint8_t use;     /* ELF_USE_* of the symbol */
};

/** The type's description; formula ELF_UNKNOWN if there is none. Never NULL. */
const struct elf_howto *elf_howto(uint64_t info);

/* ---- resolve ------------------------------------------------------------------------------- */

/** The meaning of relocation @info in @member. */
static inline const struct elf_binding *elf_binding(const struct elf_member *member, uint64_t info,
                                                    const struct elf_howto *howto)
{
    return (howto->use == ELF_USE_CALL ? member->calls : member->bindings) + ELF64_R_SYM(info);
}

/** The binding to @symbol of @object, which is member @index. */
struct elf_binding elf_binding_of(uint32_t index, const struct elf_object *object, uint32_t symbol);

/** One elf_set_resolve() in progress. What is missing is collected; the rest stops it. */
struct elf_resolver {
    struct elf_set *set;
    struct elf_report *report;
    int missing;     /* -ENOLIB or -EUNDEFINED once something was not found */
    uint64_t budget; /* steps in hash chains that are still reasonable */
    bool canonical;  /* some member has undefined functions under an address of its own */
};

/** Who defines, outside member @index, what its COPY relocation of @symbol wants. */
int elf_bind_copy(struct elf_resolver *resolver, uint32_t index, uint32_t symbol,
                  struct elf_binding *binding);

/** Give each member with thread-local data its module number and offset. */
int elf_layout_tls(struct elf_resolver *resolver);

/** Make the set's lists of copies and indirect functions. */
int elf_list_special(struct elf_resolver *resolver);

/* ---- place ---------------------------------------------------------------------------------- */

/**
 * Makes @range include what of [@vaddr, @vaddr + @size) is in written sections, as whole pages of
 * the image.
 */
void elf_include_bytes(struct elf_range *range, const struct elf_object *object, uint64_t vaddr,
                       uint64_t size);
