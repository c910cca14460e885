/* SPDX-License-Identifier: BSD-2-Clause */
#include "vectors.h"

#include <elf.h>
#include <string.h>

#include <task/layout.h>

#include "errors/errors.h"
#include "server/server.h"

#define AUX_KIP   0xf2
#define TOP_SIZE  L4_PAGE_SIZE /* all of it must fit into the uppermost page */

enum { AUX_PAIRS = 8 };

/** Bytes of all argument strings, rounded up so that what lies below stays aligned. */
static size_t strings_size(const struct launch *l)
{
    size_t size = 0;

    for (unsigned i = 0; i < l->argc; i++)
        size += strlen(l->argv[i]) + 1;
    return (size + 15) & ~15ul;
}

static void put_aux(uint64_t *word, const struct launch *l, const struct task_table *table,
                    uint64_t random)
{
    const struct task_object *program = task_object(table, 0);
    const uint64_t aux[AUX_PAIRS][2] = {
        {AT_PHDR, program->base + program->phdr}, {AT_PHENT, sizeof(Elf64_Phdr)},
        {AT_PHNUM, program->phdr_count},          {AT_PAGESZ, L4_PAGE_SIZE},
        {AT_ENTRY, program->base + table->entry.offset}, {AT_RANDOM, random},
        {AUX_KIP, l->task->info->kip},            {AT_NULL, 0},
    };

    memcpy(word, aux, sizeof aux);
}

long vectors_build(const struct launch *l, const struct task_table *table, uint64_t *sp)
{
    const struct task_infopage *info = l->task->info;
    size_t strings = strings_size(l);
    size_t words = 1 + l->argc + 1 + 1 + 2 * AUX_PAIRS; /* argc, argv, environment, vectors */
    size_t used = (sizeof info->random + strings + words * sizeof(uint64_t) + 15) & ~15ul;
    uint64_t stack_size = info->stack_end - info->stack_start;
    void *top;

    if (used > TOP_SIZE)
        return -ERR_E2BIG;
    long error = server_map(l->task->stack, stack_size - TOP_SIZE, TOP_SIZE, L4_FPAGE_RW, &top);
    if (error < 0)
        return error;
    char *end = (char *)top + TOP_SIZE;
    char *text = end - sizeof info->random - strings;
    uint64_t *word = (uint64_t *)(end - used);
    uint64_t shift = info->stack_end - (uint64_t)end; /* from here to there */

    memcpy(end - sizeof info->random, info->random, sizeof info->random);
    *word++ = l->argc;
    for (unsigned i = 0; i < l->argc; i++) {
        *word++ = (uint64_t)text + shift;
        text = stpcpy(text, l->argv[i]) + 1;
    }
    *word++ = 0;
    *word++ = 0;
    put_aux(word, l, table, info->stack_end - sizeof info->random);
    server_unmap(top, TOP_SIZE);
    *sp = info->stack_end - used;
    return 0;
}
