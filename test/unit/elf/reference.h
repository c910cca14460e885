/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
/**
 * The reference linker: what the host's ld.so binds (LD_DEBUG=bindings), and what is in the memory
 * of a real process after ld.so has relocated it and before any constructor has run (ptrace).
 */
#include "elf/support.h"
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sys/personality.h>
#include <sys/ptrace.h>
#include <sys/user.h>
#include <sys/wait.h>

/* ---- bindings ------------------------------------------------------------------------------ */

/** The member whose file is @path, as ld.so names it; -1: none of ours. */
static int member_by_path(const struct linked *l, const char *path)
{
    const char *base = strrchr(path, '/') ? strrchr(path, '/') + 1 : path;
    for (uint32_t i = 0; i < l->set.count; i++)
        if (strcmp(l->set.members[i].name, base) == 0 || strcmp(l->set.members[i].name, path) == 0)
            return i;
    return -1;
}

/** What we bound symbol @name of member @from to: a bit per member. Copies count too. */
static bool binds_to(const struct linked *l, unsigned from, const char *name, unsigned to,
                     bool *referenced)
{
    const struct elf_member *m = &l->set.members[from];
    const struct elf_object *o = m->object;
    uint32_t hash = 5381;
    for (const char *c = name; *c; c++)
        hash = hash * 33 + (unsigned char)*c;
    *referenced = false;
    for (uint32_t i = 0; i < o->reference_count; i++) {
        uint32_t s = o->references[i].symbol;
        if (o->references[i].hash != hash ||
            strcmp(o->symbols.strings + o->symbols.table[s].st_name, name) != 0)
            continue;
        *referenced = true;
        if ((m->bindings[s].symbol && m->bindings[s].object == to) ||
            (m->calls[s].symbol && m->calls[s].object == to))
            return true;
        for (uint32_t c = 0; c < l->set.copy_count; c++)
            if (l->set.copies[c].object == from && l->set.copies[c].source == to &&
                l->set.copies[c].target == o->symbols.table[s].st_value)
                return true;
    }
    return false;
}

struct comparison {
    unsigned equal, different, ours_only, foreign; /* foreign: look-ups made by running code */
};

/** Lines "FROM TO NAME", sorted. */
struct lines {
    char **line;
    size_t count;
};

static int compare_lines(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

/** Did ld.so bind @symbol of member @from to what we bind it to? */
static bool found_in(const struct lines *lines, const struct linked *l, unsigned from,
                     uint32_t symbol, const struct elf_binding *b)
{
    char wanted[8192], *key = wanted;
    const struct elf_object *o = l->set.members[from].object;
    snprintf(wanted, sizeof(wanted), "%u %u %s", from, b->object,
             o->symbols.strings + o->symbols.table[symbol].st_name);
    return bsearch(&key, lines->line, lines->count, sizeof(char *), compare_lines) != NULL;
}

/** ld.so looks these up for itself, in the name of the program, and not as calls. */
static bool by_ld_so(int from, const char *name)
{
    return from == 0 && (!strcmp(name, "malloc") || !strcmp(name, "free") ||
                         !strcmp(name, "calloc") || !strcmp(name, "realloc"));
}

static bool home_bound(const struct elf_object *o, uint32_t symbol)
{
    const Elf64_Sym *sym = &o->symbols.table[symbol];
    return sym->st_shndx && (ELF64_ST_BIND(sym->st_info) == STB_LOCAL ||
                             ELF64_ST_VISIBILITY(sym->st_other) != STV_DEFAULT);
}

/** Every line of ld.so must be ours, if it is about a reference and not made by running code. */
static void compare_line(const struct linked *l, char *line, struct lines *lines,
                         struct comparison *result)
{
    char file[512], target[512], name[8192], key[8300];
    bool referenced;
    if (sscanf(line, "%511s %511s %8191s", file, target, name) != 3)
        return;
    int from = member_by_path(l, file), to = member_by_path(l, target);
    snprintf(key, sizeof(key), "%d %d %s", from, to, name);
    lines->line[lines->count++] = strdup(key);
    if (from < 0 || to < 0) {
        result->foreign++;
    } else if (binds_to(l, from, name, to, &referenced)) {
        result->equal++;
    } else if (referenced && !by_ld_so(from, name)) {
        printf("  %s: %s: ld.so binds to %s\n", file, name, target);
        result->different++;
    } else {
        result->foreign++;
    }
}

/** Every binding of ours must be a line of ld.so. */
static void compare_ours(const struct linked *l, unsigned from, const struct lines *lines,
                         struct comparison *result)
{
    const struct elf_member *m = &l->set.members[from];
    for (uint32_t r = 0; r < m->object->reference_count; r++) {
        uint32_t s = m->object->references[r].symbol;
        if (home_bound(m->object, s) || m->bindings[s].symbol == 0 ||
            found_in(lines, l, from, s, &m->bindings[s]))
            continue;
        printf("  %s: %s: only we bind it, to %s\n", m->name,
               m->object->symbols.strings + m->object->symbols.table[s].st_name,
               l->set.members[m->bindings[s].object].name);
        result->ours_only++;
    }
}

/** Compare with LD_DEBUG=bindings of running @command. */
__attribute__((unused)) static struct comparison compare_bindings(struct world *w,
                                                                  const struct linked *l,
                                                                  const char *command)
{
    struct comparison result = { 0, 0, 0, 0 };
    struct lines lines = { NULL, 0 };
    char *text = world_run(w, "LD_LIBRARY_PATH=. LD_BIND_NOW=1 LD_DEBUG=bindings %s "
                              "2>&1 >/dev/null </dev/null | grep -a 'binding file' | "
                              "sed -n 's/.*binding file \\([^ ]*\\) .* to \\([^ ]*\\) .*symbol "
                              "`\\([^'\\'']*\\)'\\''.*/\\1 \\2 \\3/p'", command);
    size_t count = 1;
    for (const char *c = text; c && *c; c++)
        count += *c == '\n';
    lines.line = calloc(count, sizeof(char *));
    for (char *line = text ? strtok(text, "\n") : NULL; line; line = strtok(NULL, "\n"))
        compare_line(l, line, &lines, &result);
    qsort(lines.line, lines.count, sizeof(char *), compare_lines);
    for (uint32_t i = 0; i < l->set.count; i++)
        compare_ours(l, i, &lines, &result);
    while (lines.count)
        free(lines.line[--lines.count]);
    free(lines.line);
    return result;
}

/* ---- memory -------------------------------------------------------------------------------- */

/** A process stopped after relocation. */
struct process {
    pid_t pid;
    int memory; /* /proc/PID/mem */
};

static uint64_t process_auxv(pid_t pid, uint64_t key)
{
    char path[64];
    uint64_t pair[2];
    snprintf(path, sizeof(path), "/proc/%d/auxv", pid);
    FILE *f = fopen(path, "rb");
    while (f && fread(pair, sizeof(pair), 1, f) == 1)
        if (pair[0] == key) {
            fclose(f);
            return pair[1];
        }
    if (f)
        fclose(f);
    return 0;
}

/** Run until the instruction at @address is about to be executed. */
static bool process_run_to(pid_t pid, uint64_t address)
{
    int status;
    struct user_regs_struct regs;
    long word = ptrace(PTRACE_PEEKTEXT, pid, address, 0);
    ptrace(PTRACE_POKETEXT, pid, address, (word & ~0xffl) | 0xcc);
    ptrace(PTRACE_CONT, pid, 0, 0);
    if (waitpid(pid, &status, 0) != pid || !WIFSTOPPED(status) || WSTOPSIG(status) != SIGTRAP)
        return false;
    ptrace(PTRACE_GETREGS, pid, 0, &regs);
    regs.rip = address;
    ptrace(PTRACE_SETREGS, pid, 0, &regs);
    ptrace(PTRACE_POKETEXT, pid, address, word);
    return true;
}

static bool process_step(pid_t pid)
{
    int status;
    ptrace(PTRACE_SINGLESTEP, pid, 0, 0);
    return waitpid(pid, &status, 0) == pid && WIFSTOPPED(status);
}

static void process_end(struct process *p)
{
    kill(p->pid, SIGKILL);
    waitpid(p->pid, NULL, 0);
    close(p->memory);
}

/** Start @path under ld.so, stop it after relocation: ld.so tells debuggers by calling
 *  _dl_debug_state, first when it starts loading, then when all is linked. */
static bool process_start(struct world *w, struct process *p, const char *path)
{
    const struct elf_object *ld = world_library(w, "ld-linux-x86-64.so.2");
    const Elf64_Sym *state = ld ? elf_lookup(ld, "_dl_debug_state") : NULL;
    char library_path[128], memory[64];
    int status;

    snprintf(library_path, sizeof(library_path), "LD_LIBRARY_PATH=%s", world_folder(w));
    p->pid = state ? fork() : -1;
    if (p->pid == 0) {
        char *arguments[] = { (char *)path, NULL };
        char *environment[] = { library_path, "LD_BIND_NOW=1", NULL };
        personality(ADDR_NO_RANDOMIZE);
        ptrace(PTRACE_TRACEME, 0, 0, 0);
        execve(path, arguments, environment);
        _exit(1);
    }
    if (p->pid < 0 || waitpid(p->pid, &status, 0) != p->pid || !WIFSTOPPED(status))
        return false;
    snprintf(memory, sizeof(memory), "/proc/%d/mem", p->pid);
    p->memory = open(memory, O_RDONLY);
    uint64_t address = process_auxv(p->pid, AT_BASE) + state->st_value;
    if (process_run_to(p->pid, address) && process_step(p->pid) && process_run_to(p->pid, address))
        return true;
    process_end(p);
    return false;
}

/** Where the process has the members; false if one is nowhere. */
static bool process_places(const struct process *p, struct world *w, struct linked *l)
{
    char path[64], line[1024], real[PATH_MAX], full[600];
    snprintf(path, sizeof(path), "/proc/%d/maps", p->pid);
    for (uint32_t i = 0; i < l->set.count; i++) {
        const struct elf_object *o = l->set.members[i].object;
        bool found = false;
        snprintf(full, sizeof(full), "%s%s%s", o->file.name[0] == '/' ? "" : world_folder(w),
                 o->file.name[0] == '/' ? "" : "/", o->file.name);
        FILE *f = realpath(full, real) ? fopen(path, "r") : NULL;
        while (f && !found && fgets(line, sizeof(line), f)) {
            unsigned long start;
            char name[PATH_MAX] = "";
            sscanf(line, "%lx-%*x %*s %*s %*s %*s %4095s", &start, name);
            found = strcmp(name, real) == 0;
            l->places[i].base = start - o->start;
        }
        if (f)
            fclose(f);
        if (!found)
            return false;
    }
    return true;
}

/** What the task does at its start: call the indirect functions. Here: leave these words out. */
static bool is_indirect(const struct linked *l, uint32_t member, uint64_t vaddr)
{
    for (uint32_t i = 0; i < l->set.ifunc_count; i++)
        if (l->set.ifuncs[i].object == member && vaddr - l->set.ifuncs[i].target < 8)
            return true;
    return false;
}

/** The words ld.so sets in libc's data while it starts; they are not what a linker writes. */
static bool private_to_libc(const struct elf_object *o, const struct elf_section *s, uint64_t vaddr,
                            const void *ours)
{
    uint64_t before = 0;
    const void *file = elf_bytes(o, vaddr, 8);
    if (file)
        memcpy(&before, file, 8);
    return s->kind == ELF_WRITTEN && strstr(o->file.name, "libc.so.6") &&
           memcmp(&before, ours, 8) == 0;
}

/** Words of member @index that differ between our image and the process. Not compared: the dynamic
 *  section, which ld.so keeps notes in, and results of indirect functions. */
static unsigned compare_member(const struct process *p, const struct linked *l, uint32_t index)
{
    const struct elf_object *o = l->set.members[index].object;
    unsigned different = 0;
    for (uint32_t i = 0; i < o->section_count; i++) {
        const struct elf_section *s = &o->sections[i];
        const struct elf_segment *g = &o->segments[s->segment];
        unsigned char *theirs = calloc(1, s->size);
        if (s->kind == ELF_WRITTEN &&
            pread(p->memory, theirs, s->size, l->places[index].base + s->vaddr) != (ssize_t)s->size)
            different++;
        for (uint64_t v = s->vaddr; s->kind == ELF_WRITTEN && v < s->vaddr + s->size; v += 8) {
            uint64_t at = v - s->vaddr;
            if (v < g->vaddr || v >= g->vaddr + g->memsz || is_indirect(l, index, v) ||
                (v >= o->dynamic && v < o->dynamic + 0x400))
                continue;
            const unsigned char *image = l->places[index].image, *ours = image + s->offset + at;
            if (memcmp(ours, theirs + at, 8) == 0 || private_to_libc(o, s, v, ours))
                continue;
            if (different++ < 5)
                printf("  %s: at 0x%lx: ours 0x%lx, ld.so's 0x%lx\n", l->set.members[index].name,
                       (long)v, *(const long *)ours, *(long *)(theirs + at));
        }
        free(theirs);
    }
    return different;
}

/** Relocate the set for the addresses a real process has, and compare all written sections.
 *  Returns the number of different words, -1 if the process could not be started. ld.so itself
 *  is left out: it has been running. */
__attribute__((unused)) static int compare_memory(struct world *w, struct linked *l,
                                                  const char *path)
{
    struct process p;
    int different = 0;
    if (!process_start(w, &p, path))
        return -1;
    if (!process_places(&p, w, l) || elf_set_relocate(&l->set, l->places, NULL, &w->report))
        different = -1;
    for (uint32_t i = 0; i < l->set.count && different >= 0; i++)
        if (!strstr(l->set.members[i].name, "ld-linux"))
            different += compare_member(&p, l, i);
    process_end(&p);
    return different;
}
