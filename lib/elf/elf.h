/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
/**
 * The linker, with no operating system in it: C over (pointer, length), ELF64, x86-64.
 *
 * It works in the steps of the paper (2.2), each a function of its own:
 *
 *     identify   elf_identify()       is this a file we can link?                    step 2
 *     parse      elf_parse()          struct elf_object, every entry checked once    step 2
 *     resolve    elf_set_*()          struct elf_set: who binds to whom              steps 3, 4
 *     place      elf_base()           an address for each object                     steps 4, 6
 *     relocate   elf_set_relocate()   fill the written sections                      steps 4, 7
 *
 * An object is immutable and belongs to one file; a resolved set is immutable and belongs to one
 * ordered list of objects: both may be kept and shared. Neither contains an address of a task:
 * those stand only in the array of struct elf_place, one per task. So what moved is linked again
 * by calling elf_set_relocate() again, without a single look-up.
 *
 * Three kinds of numbers, never mixed without saying so:
 *     vaddr    address as the file has it (the object linked for base 0, or fixed)
 *     offset   position in the file, or in the image of the written sections
 *     address  in the task: base + vaddr
 * Addresses of our own memory are pointers.
 *
 * No input, output, IPC, global state; of libc only memcpy, memmove, memcmp, memset,
 * memchr, strlen, strcmp.
 * Functions returning int return 0 (or an index) or a negative error of errors/errors.def, and have
 * then put a sentence with the details into the report.
 */
#include "errors/errors.h"
#include <elf.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define ELF_PAGE_SIZE 4096ull

/** Where memory comes from: `alloc` returns at least @size bytes, aligned to 16, or NULL. It need
 *  not be zero. Nothing is ever freed one by one: the owner of the arena releases it whole. */
struct elf_arena {
    void *(*alloc)(void *context, size_t size);
    void *context;
};

/** What went wrong, a line per finding: "libfoo.so: undefined symbol bar@V1\n". */
struct elf_report {
    char *text;        /* the caller's buffer, always terminated */
    size_t size;       /* of the buffer */
    size_t used;       /* bytes in it, without the terminator */
    uint32_t findings; /* lines asked for */
    uint32_t lost;     /* of these, lines that did not fit */
};

/** Start an empty report in @buffer; @size >= 1. 256 is enough for parse, a few KiB for resolve. */
void elf_report_init(struct elf_report *report, char *buffer, size_t size);

/** The bytes of one file. They must not change as long as an object made from them is used. */
struct elf_file {
    const char *name; /* for reports; kept, not copied */
    const void *data; /* page aligned */
    size_t size;
};

/* ---- identify ------------------------------------------------------------------------------ */

/** Is this an ELF64 x86-64 program (returns ET_EXEC or ET_DYN) or shared library (ET_DYN)?
 *  Looks at the ELF header only. Errors: ENOTELF, EWRONGCLASS, EWRONGMACHINE, EWRONGTYPE,
 *  ETRUNCATED, ECORRUPT, EUNSUPPORTED. */
int elf_identify(const struct elf_file *file, struct elf_report *report);

/* ---- parse --------------------------------------------------------------------------------- */

/** One PT_LOAD; ascending in vaddr, no two in one page. */
struct elf_segment {
    uint64_t vaddr;
    uint64_t memsz;
    uint64_t offset; /* congruent to vaddr modulo the page size */
    uint64_t filesz; /* <= memsz */
    uint64_t align;  /* power of two, >= page size */
    uint32_t rights; /* PF_R, PF_W, PF_X */
    uint32_t first_bit; /* of this segment's pages in the object's bitmap of relocated pages */
};

/** How the pages of a section come about. */
enum elf_section_kind {
    ELF_SHARED,  /* pages of the file, as they are, for all tasks */
    ELF_WRITTEN, /* pages of the image: a copy per task, relocated, bss included */
};

enum {
    ELF_SECTION_RELRO = 1,   /* written by the linker, read-only for the task */
    ELF_SECTION_TEXTREL = 2, /* would be shared but for relocations into it */
};

/** A program section of the paper: a range of whole pages with one origin and one set of rights.
 *  Ascending, disjoint. Pages in gaps belong to nobody. */
struct elf_section {
    uint64_t vaddr;  /* page aligned; address in the task: base + vaddr */
    uint64_t size;   /* multiple of the page size */
    uint64_t offset; /* page aligned; ELF_SHARED: in the file; ELF_WRITTEN: in the image */
    uint32_t rights; /* of the task: PF_R, PF_W, PF_X */
    uint16_t segment;
    uint8_t kind;    /* enum elf_section_kind */
    uint8_t flags;
};

/** An array of function addresses in the image (DT_INIT_ARRAY and the like). */
struct elf_array {
    uint64_t vaddr;
    uint64_t count;
};

/** PT_TLS; memsz 0: none. */
struct elf_tls {
    uint64_t vaddr;
    uint64_t filesz;
    uint64_t memsz;
    uint64_t align; /* power of two, >= 1 */
};

/** A symbol version, own or needed; name NULL: index not used. */
struct elf_version {
    const char *name;
    uint32_t hash;
};

/** The dynamic symbols with what is needed to find one. All indices and names checked. */
struct elf_symbols {
    const Elf64_Sym *table;
    const char *strings;   /* ends with a zero byte */
    uint64_t strings_size;
    const uint16_t *version_of; /* [count], or NULL: an object without versions */
    const struct elf_version *versions;
    uint32_t version_count;
    uint32_t count;
    /* DT_GNU_HASH, if gnu_buckets != NULL */
    const uint64_t *bloom;
    const uint32_t *gnu_buckets;
    const uint32_t *gnu_chain; /* of symbol gnu_first */
    uint32_t bloom_mask, bloom_shift, gnu_bucket_count, gnu_first;
    /* DT_HASH, if sysv_buckets != NULL */
    const uint32_t *sysv_buckets;
    const uint32_t *sysv_chain;
    uint32_t sysv_bucket_count;
};

/** The relocations of one object. All types, symbols and targets checked. */
struct elf_relocations {
    const Elf64_Rela *rela; /* DT_RELA */
    const Elf64_Rela *plt;  /* DT_JMPREL, without what DT_RELA has already */
    const uint64_t *relr;   /* DT_RELR words */
    uint32_t rela_count, plt_count, relr_count;
    uint32_t relative_first;  /* so many entries at the start of DT_RELA are RELATIVE */
    uint32_t relative_count;  /* RELATIVE entries and addresses in RELR */
    uint32_t symbolic_count;  /* relocations that name a symbol */
    uint32_t copy_count;      /* COPY */
    uint32_t irelative_count; /* IRELATIVE: for the task to call */
    uint32_t page_count;      /* distinct pages that are written, but for COPY */
    uint32_t text_page_count; /* of these, in read-only segments */
};

/** How relocations use a symbol. */
enum { ELF_USE_DATA = 1, ELF_USE_CALL = 2, ELF_USE_TLS = 4, ELF_USE_COPY = 8 };

/** A symbol that relocations refer to, with its GNU hash. Ascending in symbol. */
struct elf_reference {
    uint32_t symbol;
    uint32_t hash;
    uint32_t uses;
};

/** What one file says; immutable. Pointers go into the file or into the arena. */
struct elf_object {
    struct elf_file file;
    uint64_t start, end; /* vaddr, page-rounded, of all segments */
    uint64_t align;      /* of the base; >= page size */
    uint64_t entry;      /* vaddr; 0: none */
    uint64_t image_size; /* bytes of all ELF_WRITTEN sections */
    uint64_t headers;    /* vaddr of the program headers if they are in a segment, else 0 */
    uint64_t dynamic;    /* vaddr of the dynamic section; 0: static program */
    uint16_t header_count;
    bool fixed;      /* ET_EXEC: base is 0 */
    bool symbolic;   /* DT_SYMBOLIC: binds to itself first */
    bool text_relocations;
    bool write_execute;   /* some segment is both */
    bool stack_executable;
    bool static_tls;      /* DF_STATIC_TLS: cannot be loaded after start */
    bool has_canonical;   /* undefined functions with an address here (fixed programs) */
    const char *interpreter; /* PT_INTERP, or NULL */
    const char *soname;      /* or NULL */
    const char *runpath;     /* DT_RUNPATH or DT_RPATH, or NULL; not interpreted */
    const char **needed;     /* [needed_count], in file order */
    uint32_t needed_count;
    uint32_t segment_count, section_count, reference_count;
    const struct elf_segment *segments;
    const struct elf_section *sections;
    const struct elf_reference *references;
    struct elf_tls tls;
    struct elf_symbols symbols;
    struct elf_relocations relocations;
    uint64_t init, fini; /* vaddr of DT_INIT, DT_FINI; 0: none */
    struct elf_array preinit_array, init_array, fini_array;
    const uint64_t *relocated; /* bitmap: pages relocations write, see elf_segment.first_bit */
    const uint8_t *build_id;   /* of build_id_size bytes, or NULL */
    uint32_t build_id_size;
};

/** Check everything in @file once and make an object of it in @arena. Whatever bytes come in, this
 *  and all later steps end, and touch no byte outside the file and the image.
 *  Errors: those of identify; ECORRUPT, ETRUNCATED, EUNSUPPORTED, ECOMPLEX, ENOMEM. */
int elf_parse(const struct elf_file *file, const struct elf_arena *arena,
              const struct elf_object **object, struct elf_report *report);

/** The @length file bytes at @vaddr; NULL unless all are in the file part of one segment. */
const void *elf_bytes(const struct elf_object *object, uint64_t vaddr, uint64_t length);

enum {
    ELF_FUNCTION_SYMBOLS = 1 << 18, /* so many symbols of a file are looked at, at most */
    ELF_FUNCTION_NAME = 63,         /* bytes of a name that count */
};

/** A function of an object. */
struct elf_function {
    uint64_t start;   /* vaddr */
    const char *name; /* @length bytes of the file, any but zero: it may not end there */
    size_t length;    /* 1 to ELF_FUNCTION_NAME */
};

/** The function at @vaddr, static ones too if the file still has its .symtab, which is no part of any
 *  segment and not checked by elf_parse(): whatever is in it, the search ends, inside the file.
 *  -ERR_ENOENT. */
int elf_function(const struct elf_object *object, uint64_t vaddr, struct elf_function *function);

/** The definition of @name that @object exports (default version), or NULL. */
const Elf64_Sym *elf_lookup(const struct elf_object *object, const char *name);

/** Does the object need no other: no library, no undefined symbol (design rule 11)? To keep it from
 *  binding elsewhere, add it with ELF_MEMBER_ALONE. 0 or ENOTSTANDALONE; the report has each
 *  library and symbol it needs. */
int elf_standalone(const struct elf_object *object, struct elf_report *report);

/* ---- place --------------------------------------------------------------------------------- */

/** The base that puts the first page of @object at @address.
 *  EADDRNOTAVAIL: not aligned, outside user space, or a fixed object elsewhere than linked for. */
int elf_base(const struct elf_object *object, uint64_t address, uint64_t *base);

/** Put the initial contents of the written sections into @image: image_size bytes, all zero. Only
 *  pages with file contents are touched. */
void elf_fill(const struct elf_object *object, void *image);

/** Our address of the written byte at @vaddr in @image, or NULL if no written section has it. */
void *elf_image_at(const struct elf_object *object, void *image, uint64_t vaddr);

/* ---- resolve ------------------------------------------------------------------------------- */

/** What a symbol of one object means in a set. Position independent. */
struct elf_binding {
    uint64_t value;  /* vaddr in the defining object; of TLS symbols: offset in its TLS block */
    uint32_t object; /* index of the defining member */
    uint32_t symbol : 30;  /* index in its symbol table; 0: undefined weak, the value is 0 */
    uint32_t absolute : 1; /* no base is added to the value */
    uint32_t indirect : 1; /* the value is that of a function returning the address */
};

enum { ELF_MEMBER_ALONE = 1 }; /* binds to nothing but itself (libloader.so) */

/** One object in a set. */
struct elf_member {
    const struct elf_object *object;
    const char *name; /* as it was needed; kept, not copied */
    uint32_t flags;
    uint32_t tls_module;           /* 1 for the first with TLS; 0: none */
    uint64_t tls_offset;           /* its block starts at thread pointer - tls_offset */
    const uint32_t *needed;        /* [object->needed_count] member indices */
    struct elf_binding *bindings;  /* [symbols.count]; valid for referenced symbols */
    struct elf_binding *calls;     /* the same for JUMP_SLOT; mostly the same array */
};

/** COPY: `size` bytes of a library's data move into the program. */
struct elf_copy {
    uint32_t object, source;  /* members */
    uint64_t target, vaddr;   /* vaddr in object, in source */
    uint64_t size;
};

/** An indirect function: the task calls base[resolver_object] + resolver and stores the result at
 *  base[object] + target, after everything else (design rule 17). */
struct elf_ifunc {
    uint32_t object, resolver_object;
    uint64_t target, resolver;
    int64_t addend; /* to add to the result */
};

/** Program and libraries in search order: program first, then breadth first. */
struct elf_set {
    const struct elf_arena *arena;
    struct elf_member *members;
    uint32_t count, capacity;
    struct elf_copy *copies;
    struct elf_ifunc *ifuncs;
    uint32_t copy_count, ifunc_count;
    uint64_t tls_size;  /* static TLS of all members, below the thread pointer */
    uint64_t tls_align; /* of the thread pointer; >= 1 */
    uint64_t lookups;   /* symbol look-ups made by resolve */
};

/** Start an empty set; its memory comes from @arena, which must outlive it. */
void elf_set_init(struct elf_set *set, const struct elf_arena *arena);

/** Append an object known as @name; the first is the program. Returns its index, or
 *  EWRONGTYPE (not usable as a library: fixed address, or static), ENOMEM. To load breadth first:
 *  for each member in order, for each of its needed names that elf_set_find() does not know,
 *  fetch, parse and add. */
int elf_set_add(struct elf_set *set, const struct elf_object *object, const char *name,
                uint32_t flags);

/** Index of the member needed as @name (by the name given, or its soname), or ENOENT. */
int elf_set_find(const struct elf_set *set, const char *name);

/** Bind every referenced symbol, lay out static TLS, list copies and indirect functions. One report
 *  names each missing library and each unresolved symbol with its object. Once per set.
 *  Errors: ENOLIB, EUNDEFINED, EUNSUPPORTED, ECORRUPT, ECOMPLEX, ENOMEM. */
int elf_set_resolve(struct elf_set *set, struct elf_report *report);

/** Members in the order their constructors run (each after those it needs; destructors backwards).
 *  @order has set->count elements. The set is resolved. ENOMEM. */
int elf_set_order(const struct elf_set *set, uint32_t *order);

/** The first definition of @name in search order; no counting, no versions. ENOENT. */
int elf_set_export(const struct elf_set *set, const char *name, struct elf_binding *binding);

/* ---- relocate ------------------------------------------------------------------------------ */

/** In elf_place.linked: the image has not been relocated yet. */
#define ELF_UNLINKED UINT64_MAX

/** Where one member is, in one task. */
struct elf_place {
    uint64_t base;   /* address in the task = base + vaddr */
    uint64_t linked; /* the base for which the image is right now, or ELF_UNLINKED */
    void *image;     /* our address of the image, filled by elf_fill(); NULL: leave it as it is,
                        and whatever would be copied from or to it */
};

/** Bytes [start, end) of an image; whole pages; empty: none. */
struct elf_range {
    uint64_t start, end;
};

/** The part of member @index's image that elf_set_relocate() touches, whatever moves: pages with
 *  relocations, and what COPY reads and writes. The rest need not be mapped to link again. */
struct elf_range elf_set_touched(const struct elf_set *set, uint32_t index);

/** Called for a part of member @member's image; not 0: no more of them. */
typedef long (*elf_part_fn)(void *context, uint32_t member, struct elf_range part);

/** Names all parts of the members' images, whole pages, that elf_fill() and the first elf_set_relocate()
 *  touch: those with file contents, and what COPY reads and writes. The rest is zero and need not be
 *  there. Parts may overlap. 0, or what @part has returned. */
long elf_set_parts(const struct elf_set *set, elf_part_fn part, void *context);

struct elf_counts {
    uint64_t relocations; /* words written */
    uint64_t objects;     /* members of which something was written */
};

/** Apply what depends on an object whose base differs from the one it was linked for; so, the first
 *  time, everything. @places has set->count elements; on success linked = base in each. Makes no
 *  look-up. @counts is added to; may be NULL. ERELOC (a value does not fit its
 *  field): the images are useless. */
int elf_set_relocate(const struct elf_set *set, struct elf_place *places,
                     struct elf_counts *counts, struct elf_report *report);
