/* SPDX-License-Identifier: BSD-2-Clause */
#include <string.h>
#include "files.h"

/* Last component of the path of @length characters at @path: where it begins. */
static const char *last_component(const char *path, size_t length)
{
    size_t at = length;

    while (at > 0 && path[at - 1] != '/' && path[at - 1] != ')')
        at--;
    return path + at;
}

static const struct file *find(const struct files *files, const char *name, size_t length)
{
    for (unsigned i = 0; i < files->count; i++) {
        const struct file *f = &files->table[i];
        if (strlen(f->name) == length && memcmp(f->name, name, length) == 0)
            return f;
    }
    return NULL;
}

static bool add(struct files *files, const struct l4_mod *mod)
{
    const char *line = (const char *)mod->cmdline;
    size_t length = line ? strcspn(line, " \t") : 0;
    const char *name = last_component(line, length);
    size_t name_length = length - (size_t)(name - line);
    struct file *f = &files->table[files->count];

    if (name_length == 0 || name_length > FILE_NAME_MAX || mod->end < mod->start
        || files->count == FILES_MAX || find(files, name, name_length))
        return false;
    *f = (struct file){.start = (const void *)mod->start, .size = mod->end - mod->start};
    memcpy(f->name, name, name_length);
    files->count++;
    return true;
}

unsigned files_init(struct files *files, const struct l4_mod_info *info)
{
    const struct l4_mod *mods = (const struct l4_mod *)info->mods;
    unsigned passed_by = 0;

    files->count = 0;
    for (uint32_t i = 0; i < info->count; i++)
        passed_by += !add(files, &mods[i]);
    return passed_by;
}

const struct file *files_find(const struct files *files, const char *name)
{
    size_t length = strlen(name);
    const char *last = last_component(name, length);

    return find(files, last, length - (size_t)(last - name));
}
