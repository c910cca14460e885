/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <l4/types.h>

/*
 * The task infopage (paper 2.2, step 1): read-only facts about a task, mapped at TASK_INFOPAGE.
 * The loader writes struct task_infopage and the strings, exec writes struct task_table (step 4)
 * into the same dataspace at table_at. All positions are offsets in bytes from the infopage start.
 * Suggested addresses belong to objects, offsets to sections (design rule 13); where things really
 * are says the task's own placement table.
 */

#define TASK_INFOPAGE_MAGIC   0x6f464e49 /* "INFo" */
#define TASK_INFOPAGE_VERSION 1
#define TASK_TABLE_MAGIC      0x6c626154 /* "Tabl" */
#define TASK_PLACEMENT_MAGIC  0x63616c50 /* "Plac" */

/** A place in an object of the set: absent if object is TASK_NO_OBJECT. */
struct task_place {
    uint32_t object;
    uint32_t fill;
    uint64_t offset; /* from the object's base */
};

#define TASK_NO_OBJECT 0xffffffffu

enum task_section_flags {
    TASK_SECTION_R = 0x4,
    TASK_SECTION_W = 0x2,
    TASK_SECTION_X = 0x1,
    TASK_SECTION_WRITTEN = 0x10, /* pages of TASK_CAP_WRITTEN, else of the object's own dataspace */
    TASK_SECTION_RELRO = 0x20,   /* written by linking only: attached without W */
    TASK_SECTION_STARTUP = 0x40, /* mapped by the loader before the task runs */
};

/** One program section: whole pages of one dataspace. */
struct task_section {
    uint32_t object;
    uint32_t flags;
    uint64_t offset;    /* from the object's base, page aligned */
    uint64_t size;      /* bytes, page aligned */
    uint64_t ds_slot;   /* selector in the task */
    uint64_t ds_offset; /* in that dataspace, page aligned */
};

enum task_object_flags {
    TASK_OBJECT_FIXED = 0x1,   /* must be at base: program linked at fixed addresses */
    TASK_OBJECT_STARTUP = 0x2, /* libloader.so */
};

/** One object: the program (index 0), or a library, in search order. */
struct task_object {
    char name[64]; /* last path component, zero terminated */
    uint64_t base; /* suggested load address: added to every offset */
    uint64_t size; /* of its address range [base + start, base + start + size) */
    uint64_t start;
    uint32_t flags;
    uint32_t first_section;
    uint32_t sections;
    uint32_t init_order; /* position in dependency order: constructors run 0, 1, 2 ... */
    uint64_t init;       /* offsets and sizes in bytes; 0 and 0 if absent */
    uint64_t fini;
    uint64_t init_array, init_array_size;
    uint64_t fini_array, fini_array_size;
    uint64_t preinit_array, preinit_array_size;
    uint64_t phdr, phdr_count;
    uint64_t eh_frame_hdr, dynamic;
    uint64_t tls_image, tls_image_size; /* initial data, offset in the object */
    uint64_t tls_size, tls_align;
    uint64_t tls_offset; /* distance below the thread pointer (variant II); 0: none */
};

/** Parts of a start that exec stamps, in cycles of the time stamp counter. */
enum task_ticks {
    TASK_TICKS_READ,     /* the file provider's: from request to file */
    TASK_TICKS_PARSE,    /* snapshot, checks */
    TASK_TICKS_LOOKUP,   /* binding symbols */
    TASK_TICKS_COPY,     /* master filled, master copied for the task */
    TASK_TICKS_RELOCATE, /* relocations applied to the master */
    TASK_TICKS,
};

/** What exec writes (step 4). */
struct task_table {
    uint32_t magic;
    uint32_t version;
    uint64_t size; /* bytes used, this header included */
    uint32_t objects_at, objects; /* offset from the table's start, count */
    uint32_t sections_at, sections;
    struct task_place entry;          /* ELF entry of the program */
    struct task_place main;           /* main() */
    struct task_place multiboot_main; /* preferred to main() (paper step 8) */
    struct task_place libc_start;     /* start-up function of libc.so */
    struct task_place loader_start;   /* entry of libloader.so */
    uint64_t tls_size, tls_align;     /* static TLS of the whole set */
    uint32_t lookups, relocations;    /* what the first link step did for this start */
    uint32_t unresolved;              /* references left for the second step */
    uint32_t fill;
    uint64_t ticks[TASK_TICKS]; /* what they took for this start */
};

/** The infopage proper: the loader's part (step 1). */
struct task_infopage {
    uint32_t magic;
    uint32_t version;
    uint64_t size;     /* bytes of the whole dataspace */
    uint64_t table_at; /* struct task_table */
    uint64_t table_size;

    uint32_t id;      /* task number at the loader */
    uint32_t verbose; /* of the script */

    uint64_t name_at;    /* file name of the program */
    uint64_t libpath_at; /* library path, ':' separated */
    uint64_t args_at;    /* argc strings in a row, each zero terminated; args[0] is the name */
    uint32_t args_size;
    uint32_t argc;

    /* capability selectors, see task/slots.h */
    l4_cap_t task, factory, thread, scheduler, pager, exception;
    l4_cap_t log, names, dm, ts, fprov, exec, loader;
    l4_cap_t placement, written, objects, first_free;

    /* addresses in the task */
    uint64_t kip;
    uint64_t utcbs; /* kernel-user memory; the main thread has the first UTCB */
    uint64_t utcbs_size;
    uint64_t placement_address;
    uint64_t loader_lib, region_manager; /* start-up library and region manager (rule 11) */
    uint64_t stack_start, stack_end;     /* main thread, mapped by the loader */
    uint64_t any_start, any_end;         /* where the region manager may place things */
    uint64_t kept_start, kept_end;       /* memory at a fixed address; empty if equal */

    uint64_t stack_default; /* bytes for a new thread */
    uint64_t heap_max;      /* bytes; 0: no limit but the dataspace session's */
    uint32_t priority, mcp;
    uint64_t random[2]; /* seed for AT_RANDOM */
    uint32_t modules;   /* files handed to the task with it (script: module); none yet */
    uint32_t fill;
};

/** The placement table (step 6): written by the task, copied by exec before use (step 7). */
struct task_placement {
    uint32_t magic;
    uint32_t objects;
    uint64_t base[]; /* where object i really is */
};

/** Object @i of @table. */
static inline const struct task_object *task_object(const struct task_table *table, uint32_t i)
{
    return (const struct task_object *)((const char *)table + table->objects_at) + i;
}

/** Section @i of @table. */
static inline const struct task_section *task_section(const struct task_table *table, uint32_t i)
{
    return (const struct task_section *)((const char *)table + table->sections_at) + i;
}
