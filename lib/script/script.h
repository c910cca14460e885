/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
/**
 * The loader's configuration language: text in, a tree of jobs out. No I/O and no IPC.
 *
 * The language is described in doc/script.md. Every string of the tree ends with NUL, is never
 * null unless said so here, and lives until script_free().
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    SCRIPT_ERRORS_MAX = 10,      /* errors reported before the parser gives up */
    SCRIPT_ERROR_TEXT = 1024,    /* bytes of one rendered error, with NUL */
    SCRIPT_QUOTAS_MAX = 256,     /* kernel_quota declarations in one script */
    SCRIPT_PAGE = 4096,          /* memory sizes are rounded up to this */
    SCRIPT_PRIORITY = 0x10,      /* defaults of a task */
    SCRIPT_MCP = 100,            /* below every server: a task that spins can be ended */
    SCRIPT_POOL_DMA = 7,         /* the pool that `dma_able` implies */
};

/** Memory and modules lie below this address (lower half of the 48-bit address space). */
#define SCRIPT_ADDRESS_END (UINT64_C(1) << 47)
/** `dma_able` memory lies below this address. */
#define SCRIPT_DMA_END (UINT64_C(16) << 20)

/** Longest sleep in milliseconds: in microseconds, and added to a clock, it stays below 2^64. */
#define SCRIPT_SLEEP_MAX (UINT64_C(1) << 50)

/** Line and column of a word in the script, both from 1; columns count characters. */
struct script_place {
    uint32_t line, column;
};

/** Where the tree's memory comes from. alloc returns null when there is none left. */
struct script_memory {
    void *(*alloc)(void *context, size_t size);
    void (*free)(void *context, void *block);
    void *context;
};

/** The text to parse. The name is only used in messages. */
struct script_source {
    const char *name;
    const char *text;
    size_t length; /* bytes; at most UINT32_MAX */
};

/** One error: `NAME:LINE:COL: error: TEXT`, the source line, a caret; lines end with '\n'. */
struct script_error {
    struct script_place place;
    char text[SCRIPT_ERROR_TEXT];
};

/** What was wrong; count 0 means nothing. About 10 KB: not for small stacks. */
struct script_errors {
    unsigned count;
    bool more;      /* there were more than SCRIPT_ERRORS_MAX */
    bool no_memory; /* the last one says that memory ran out */
    struct script_error error[SCRIPT_ERRORS_MAX];
};

/** Remarks of scripts with `verbose` 1 or more, one line without '\n'. */
struct script_note {
    struct script_note *next;
    struct script_place place;
    const char *text;
};

enum script_path { SCRIPT_MODPATH, SCRIPT_BINPATH, SCRIPT_LIBPATH, SCRIPT_PATHS };

/** Where something shall lie: anywhere, at start, or somewhere in [start, end). */
enum script_range_kind { SCRIPT_ANYWHERE, SCRIPT_AT, SCRIPT_IN };
struct script_range {
    enum script_range_kind kind;
    uint64_t start, end; /* addresses in the new task; end only for SCRIPT_IN */
};

/** A file handed to the task as multiboot module. */
struct script_module {
    struct script_module *next;
    struct script_place place;
    const char *name, *arguments;
    const char *path; /* the modpath that was in force where the module stands */
    struct script_range range;
};

enum {
    SCRIPT_MEMORY_DMA_ABLE = 1 << 0, /* implies the next two and SCRIPT_POOL_DMA */
    SCRIPT_MEMORY_CONTIGUOUS = 1 << 1,
    SCRIPT_MEMORY_DIRECT_MAPPED = 1 << 2,
    SCRIPT_MEMORY_NOSUPERPAGES = 1 << 3,
};

/** Memory for a Sigma0 client. */
struct script_region {
    struct script_region *next;
    struct script_place place;
    uint64_t size; /* bytes, a multiple of SCRIPT_PAGE, never 0 */
    struct script_range range;
    uint32_t flags; /* SCRIPT_MEMORY_* */
    uint32_t pool;
};

/** I/O ports [start, end). */
struct script_ports {
    struct script_ports *next;
    uint32_t start, end;
};

/** One allow_ipc or deny_ipc, in the order of the script. */
struct script_partner {
    struct script_partner *next;
    bool allow;
    const char *name;
};

/** A kernel_quota. Tasks that use it share it. */
struct script_quota {
    struct script_quota *next;
    struct script_place place;
    const char *name;
    uint64_t bytes;
};

enum {
    SCRIPT_TASK_DIRECT_MAPPED = 1 << 0,
    SCRIPT_TASK_NOSUPERPAGES = 1 << 1,
    SCRIPT_TASK_NO_SIGMA0 = 1 << 2,
    SCRIPT_TASK_REBOOT_ABLE = 1 << 3,
    SCRIPT_TASK_ALLOW_VGA = 1 << 4,
    SCRIPT_TASK_ALLOW_BIOS = 1 << 5,
    SCRIPT_TASK_ALLOW_KILL = 1 << 6,
    SCRIPT_TASK_ALLOW_CLI = 1 << 7,
    SCRIPT_TASK_SHOW_APP_AREAS = 1 << 8,
    SCRIPT_TASK_ALL_SECTS_WRITABLE = 1 << 9,
    SCRIPT_TASK_L4ENV = 1 << 10,
    SCRIPT_TASK_HASH_MODULES = 1 << 11,
};

/** A task to start. Template and settings are already worked in. */
struct script_task {
    const char *name;
    const char *arguments;     /* as written; "" if none */
    size_t argc;               /* argv[0] is the name; argv[argc] is null */
    const char **argv;
    const char *path[SCRIPT_PATHS];
    bool symbols, lines;       /* fiasco_symbols, fiasco_lines */
    uint32_t flags;            /* SCRIPT_TASK_* */
    uint32_t priority, mcp;    /* 1..255, priority <= mcp */
    uint32_t number;           /* taskno; 0 = any */
    uint64_t stack_size;       /* bytes, whole pages; 0 = the loader's default */
    uint64_t heap_size;
    const char *file_provider; /* from here on: null if the script does not say */
    const char *ds_manager;
    const char *cap_handler;
    const char *integrity_service;
    const char *integrity_id;        /* 28 base64 characters, checked */
    const char *integrity_parent_id; /* same */
    const struct script_quota *quota;
    struct script_module *modules;
    struct script_region *regions;
    struct script_ports *ports;
    struct script_partner *partners;
    size_t module_count, region_count;
};

enum script_job_kind { SCRIPT_TASK, SCRIPT_SLEEP, SCRIPT_MEMDUMP };

/** What to do, one after the other. */
struct script_job {
    struct script_job *next;
    enum script_job_kind kind;
    struct script_place place;
    uint32_t verbose;          /* in force where the job stands */
    uint64_t milliseconds;     /* SCRIPT_SLEEP; at most SCRIPT_SLEEP_MAX */
    struct script_task *task;  /* SCRIPT_TASK, else null */
};

struct script {
    struct script_job *jobs;
    struct script_quota *quotas;
    struct script_note *notes;
    size_t job_count, task_count;
};

/**
 * Parse @source. Returns the script, or null with 1..SCRIPT_ERRORS_MAX errors. *@errors is always
 * filled in; source and errors are not needed by the script afterwards.
 */
struct script *script_parse(const struct script_source *source,
                            const struct script_memory *memory, struct script_errors *errors);

/**
 * The script that starts one program: @command is its file name and, behind a blank, arguments.
 * Its libpath is the directory part of the name. Result and errors as with script_parse().
 */
struct script *script_program(const struct script_source *command,
                              const struct script_memory *memory, struct script_errors *errors);

/** Give back all memory of @script (null: nothing happens). */
void script_free(struct script *script);

/** Where text goes. */
struct script_output {
    void (*write)(void *context, const char *text, size_t length);
    void *context;
};

/** Write @script in canonical form: a script with the same meaning, the template worked in. */
void script_print(const struct script *script, const struct script_output *output);

/** Write what `verbose` asks for: 1 the tasks with modules and regions, 2 also the paths. */
void script_describe(const struct script *script, const struct script_output *output);

/** Words of an argument string: parted by white space; a word in '...' or "..." may hold any. */
struct script_words {
    const char *rest;    /* set to the text before the first call */
    const char *word;    /* the word found: not NUL-ended */
    size_t length;
    const char *problem; /* a sentence when the text is malformed, else null */
};

/** Find the next word. False at the end and on a problem. */
bool script_words_next(struct script_words *words);

/** A name beginning with '(' or '/' is complete: no path is applied to it. */
bool script_name_complete(const char *name);

/** The file names to try for a name and a path (directories parted by ':'). */
struct script_candidates {
    const char *name;
    const char *rest; /* of the path; null when all were tried */
};

/** Begin with @name along @path; both must outlive the walk. */
void script_candidates_begin(struct script_candidates *walk, const char *path, const char *name);

/**
 * Write the next candidate to @buffer. Returns its length, 0 when there is none left, or -1 when
 * it needs more than @size bytes with its NUL; it is then skipped and the walk goes on.
 */
long script_candidates_next(struct script_candidates *walk, char *buffer, size_t size);
