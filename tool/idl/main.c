/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include "tool/idl/idl.h"

/*
 * idl INPUT OUTDIR: makes NAME.h, NAME_client.c and NAME_server.c of an interface.
 * idl --describe OUTPUT INPUT...: makes tables that describe all these interfaces.
 */

unsigned error_count;

void error_at(struct place at, const char *format, ...)
{
    va_list arguments;

    if (at.line)
        fprintf(stderr, "%s:%d:%d: ", at.file, at.line, at.column);
    else
        fprintf(stderr, "%s: ", at.file);
    va_start(arguments, format);
    vfprintf(stderr, format, arguments);
    va_end(arguments);
    fputc('\n', stderr);
    error_count++;
}

void *make(size_t size)
{
    void *memory = calloc(1, size);

    if (!memory) {
        fprintf(stderr, "idl: out of memory\n");
        exit(1);
    }
    return memory;
}

/* Writes one product; a half-written one is removed. */
static int write_file(const char *folder, const struct interface *interface, const char *suffix,
                      void (*emit)(FILE *, const struct interface *))
{
    char path[1024];
    FILE *file;
    int failed;

    snprintf(path, sizeof(path), "%s/%s%s", folder, interface->name.text, suffix);
    file = fopen(path, "w");
    if (!file) {
        fprintf(stderr, "idl: %s: %s\n", path, strerror(errno));
        return 1;
    }
    emit(file, interface);
    failed = ferror(file);
    failed |= fclose(file) != 0;
    if (failed) {
        fprintf(stderr, "idl: %s: cannot be written\n", path);
        remove(path);
    }
    return failed;
}

/* The folder of @path, "." if it has none; @name becomes the rest without ".idl". */
static const char *split(const char *path, char **name)
{
    const char *slash = strrchr(path, '/');
    char *dot;

    *name = strdup(slash ? slash + 1 : path);
    dot = strrchr(*name, '.');
    if (dot)
        *dot = 0;
    return slash ? strndup(path, (size_t)(slash - path)) : ".";
}

/* The checked interface in the file @path; null if anything is wrong with it. */
static struct interface *read_interface(const char *path)
{
    struct interface *interface = parse_file(path);
    char *name;
    const char *folder = split(path, &name);

    if (interface && strcmp(interface->name.text, name) != 0)
        error_at(interface->name.at, "interface '%s' belongs into %s.idl", interface->name.text,
                 interface->name.text);
    if (interface)
        check_interface(interface, folder);
    return error_count > 0 ? NULL : interface;
}

static int describe(const char *output, char **inputs, unsigned count)
{
    struct interface **interfaces = make(count * sizeof(*interfaces));
    FILE *file;
    int failed;

    for (unsigned i = 0; i < count; i++)
        interfaces[i] = read_interface(inputs[i]);
    if (error_count > 0)
        return 1;
    file = fopen(output, "w");
    if (!file) {
        fprintf(stderr, "idl: %s: %s\n", output, strerror(errno));
        return 1;
    }
    emit_describe(file, interfaces, count);
    failed = ferror(file);
    failed |= fclose(file) != 0;
    if (failed)
        remove(output);
    return failed;
}

int main(int argc, char **argv)
{
    struct interface *interface;

    if (argc > 3 && strcmp(argv[1], "--describe") == 0)
        return describe(argv[2], argv + 3, (unsigned)argc - 3);
    if (argc != 3) {
        fprintf(stderr, "usage: idl INPUT.idl OUTDIR\n       idl --describe OUTPUT.c INPUT.idl...\n");
        return 2;
    }
    interface = read_interface(argv[1]);
    if (!interface)
        return 1;
    return write_file(argv[2], interface, ".h", emit_header)
           | write_file(argv[2], interface, "_client.c", emit_client)
           | write_file(argv[2], interface, "_server.c", emit_server);
}
