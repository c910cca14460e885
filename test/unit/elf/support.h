/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
/**
 * For the tests of lib/elf: an arena, files, small libraries compiled on the spot with the host's
 * gcc, and whole sets loaded the way exec does it. Everything is freed by world_end().
 */
#include "elf/elf.h"
#include "unit.h"
#include <stdarg.h>
#include <stdlib.h>
#include <unistd.h>

#define WORLD_MAX 4096

/** What one test made. */
struct world {
    void *blocks[WORLD_MAX * 16];
    unsigned block_count;
    char folder[64]; /* temporary; "" until a file is made */
    char text[65536];
    struct elf_report report;
    struct elf_arena arena;
};

static void world_begin(struct world *w);
static void world_end(struct world *w);

/** A test with a fresh world. */
static struct world world;
#define WORLD_TEST(name)              \
    static void body_##name(void);    \
    TEST(name)                        \
    {                                 \
        world_begin(&world);          \
        body_##name();                \
        world_end(&world);            \
    }                                 \
    static void body_##name(void)

/** A loaded set with one place per member. */
struct linked {
    struct elf_set set;
    struct elf_place *places;
};

static void *world_alloc(void *context, size_t size)
{
    struct world *w = context;
    void *block = NULL;
    if (w->block_count == WORLD_MAX * 16 || posix_memalign(&block, 16, size))
        return NULL;
    memset(block, 0xa5, size); /* the arena promises nothing */
    return w->blocks[w->block_count++] = block;
}

static void world_begin(struct world *w)
{
    w->block_count = 0;
    w->folder[0] = 0;
    w->arena = (struct elf_arena){ world_alloc, w };
    elf_report_init(&w->report, w->text, sizeof(w->text));
}

static void world_end(struct world *w)
{
    char command[128];
    while (w->block_count)
        free(w->blocks[--w->block_count]);
    if (w->folder[0]) {
        snprintf(command, sizeof(command), "rm -rf %s", w->folder);
        if (system(command))
            printf("cannot remove %s\n", w->folder);
    }
}

static const char *world_folder(struct world *w)
{
    if (!w->folder[0]) {
        strcpy(w->folder, "/tmp/elf-test-XXXXXX");
        if (!mkdtemp(w->folder))
            abort();
    }
    return w->folder;
}

/** Run a shell command in the test's folder. Its standard output, or NULL if it failed. */
__attribute__((unused, format(printf, 2, 3))) static char *
world_run(struct world *w, const char *format, ...)
{
    static char command[16384];
    size_t size = 0, room = 1 << 16;
    int length = snprintf(command, sizeof(command), "cd %s && ", world_folder(w));
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(command + length, sizeof(command) - length, format, arguments);
    va_end(arguments);

    FILE *pipe = popen(command, "r");
    char *output = malloc(room + 1);
    for (size_t n; pipe && (n = fread(output + size, 1, room - size, pipe)) > 0;) {
        size += n;
        if (size == room)
            output = realloc(output, (room *= 2) + 1);
    }
    output[size] = 0;
    if (!pipe || pclose(pipe) != 0) {
        printf("failed: %s\n%s", command, output);
        free(output);
        return NULL;
    }
    return w->blocks[w->block_count++] = output;
}

/** Write a source file into the test's folder. */
__attribute__((unused)) static void world_write(struct world *w, const char *name, const char *text)
{
    char path[256];
    snprintf(path, sizeof(path), "%s/%s", world_folder(w), name);
    FILE *f = fopen(path, "w");
    if (!f || fputs(text, f) < 0 || fclose(f) != 0)
        abort();
}

/** A copy of @size bytes in memory of exactly that size, page aligned as exec's files are. */
__attribute__((unused)) static struct elf_file world_bytes(struct world *w, const char *name,
                                                           const void *data, size_t size)
{
    void *block = NULL;
    if (posix_memalign(&block, ELF_PAGE_SIZE, size ? size : 1))
        abort();
    memcpy(block, data, size);
    w->blocks[w->block_count++] = block;
    return (struct elf_file){ name, block, size };
}

/** Read a file: @name in the test's folder, or a path. size 0: there is none. */
__attribute__((unused)) static struct elf_file world_read(struct world *w, const char *name)
{
    char path[512];
    struct elf_file file = { name, NULL, 0 };
    if (name[0] == '/')
        snprintf(path, sizeof(path), "%s", name);
    else
        snprintf(path, sizeof(path), "%s/%s", world_folder(w), name);
    FILE *f = fopen(path, "rb");
    if (!f)
        return file;
    fseek(f, 0, SEEK_END);
    file.size = ftell(f);
    rewind(f);
    void *block = NULL;
    if (posix_memalign(&block, ELF_PAGE_SIZE, file.size + 1) ||
        fread(block, 1, file.size, f) != file.size)
        abort();
    fclose(f);
    w->blocks[w->block_count++] = block;
    file.data = block;
    return file;
}

/** Parse a file of the test's folder, or by path; NULL with the report filled. */
__attribute__((unused)) static const struct elf_object *world_parse(struct world *w,
                                                                    const char *name)
{
    const struct elf_object *object = NULL;
    struct elf_file file = world_read(w, name);
    return elf_parse(&file, &w->arena, &object, &w->report) ? NULL : object;
}

/** Find a library: first in the test's folder, then where Debian has them. */
static const struct elf_object *world_library(struct world *w, const char *name)
{
    static const char *const folders[] = {
        "%.0s%s", "/lib/x86_64-linux-gnu/%.0s%s", "/usr/lib/x86_64-linux-gnu/%.0s%s", "%s/%s",
    };
    const char *extra = getenv("ELF_TEST_LIBRARIES");
    for (unsigned i = 0; i < sizeof(folders) / sizeof(folders[0]) - (extra ? 0 : 1); i++) {
        char *path = world_alloc(w, 512);
        snprintf(path, 512, folders[i], extra ? extra : "", name);
        struct elf_file file = world_read(w, path);
        if (file.size == 0)
            continue;
        const struct elf_object *object = NULL;
        return elf_parse(&file, &w->arena, &object, &w->report) ? NULL : object;
    }
    return NULL;
}

/** Add what members need, breadth first, as exec does. Missing libraries are left out. */
__attribute__((unused)) static int load_needed(struct world *w, struct elf_set *set)
{
    for (uint32_t i = 0; i < set->count; i++) {
        for (uint32_t n = 0; n < set->members[i].object->needed_count; n++) {
            const char *name = set->members[i].object->needed[n];
            if (elf_set_find(set, name) >= 0)
                continue;
            const struct elf_object *object = world_library(w, name);
            if (!object)
                continue;
            int index = elf_set_add(set, object, name, 0);
            if (index < 0)
                return index;
        }
    }
    return 0;
}

/** Load a program with all it needs, and resolve. The places are given, not yet relocated. */
__attribute__((unused)) static int load(struct world *w, struct linked *l, const char *program)
{
    elf_set_init(&l->set, &w->arena);
    const struct elf_object *object = world_parse(w, program);
    if (!object)
        return -1;
    int error = elf_set_add(&l->set, object, program, 0);
    if (error >= 0)
        error = load_needed(w, &l->set);
    if (!error)
        error = elf_set_resolve(&l->set, &w->report);
    l->places = world_alloc(w, l->set.count * sizeof(*l->places));
    for (uint32_t i = 0; i < l->set.count; i++) {
        const struct elf_object *o = l->set.members[i].object;
        void *image = world_alloc(w, o->image_size + 1);
        memset(image, 0, o->image_size);
        elf_fill(o, image);
        l->places[i] = (struct elf_place){ 0, ELF_UNLINKED, image };
    }
    return error;
}
