/* SPDX-License-Identifier: BSD-2-Clause */
#include <string.h>

#include "fuzz.h"

static uint64_t number(struct fuzz *f, const char *name)
{
    static const uint64_t edges[] = {0, 1, 2, 4, 7, 8, 0xfff, 0x1000, 0x1001, 0x8000, 0x100000,
                                     1ull << 32, (1ull << 33) + 4096, 1ull << 40, 1ull << 47,
                                     1ull << 63, ~0ull, ~0xfffull, ~0ull >> 1};

    if (fuzz_rarely(f, 4))
        return edges[fuzz_below(f, sizeof edges / sizeof edges[0])];
    if (fuzz_rarely(f, 16))
        return fuzz_random(f);
    if (strstr(name, "size") || strstr(name, "length") || strstr(name, "offset")
        || strstr(name, "spot"))
        return (uint64_t)fuzz_below(f, 64) << 12;
    if (strstr(name, "limit") || strstr(name, "quota"))
        return (uint64_t)fuzz_below(f, 1024) << 12;
    if (strstr(name, "timeout"))
        return fuzz_below(f, 20000);
    return fuzz_below(f, 16);
}

/** A string of at most @size - 1 bytes; @wrong: it may have no end. */
static void text(struct fuzz *f, char *to, unsigned size, bool wrong)
{
    unsigned length = fuzz_below(f, size), names = 0;

    if (wrong && fuzz_rarely(f, 4)) {
        memset(to, 'x', size);
        return;
    }
    memset(to, 0, size);
    while (f->names[names])
        names++;
    if (!fuzz_rarely(f, 4) && names > 0) {
        strncpy(to, f->names[fuzz_below(f, names)], size - 1);
        return;
    }
    for (unsigned i = 0; i < length; i++)
        to[i] = (char)(1 + fuzz_below(f, 255));
}

static void fill(struct fuzz *f, const struct ipc_field *field, uint8_t *to, bool wrong)
{
    uint64_t value = 0;

    switch (field->kind) {
    case IPC_FIELD_STRING:
        text(f, (char *)to, field->size, wrong);
        return;
    case IPC_FIELD_STRUCT:
        for (unsigned i = 0; i < field->size; i++)
            to[i] = (uint8_t)fuzz_random(f);
        return;
    case IPC_FIELD_BOOL:
        value = fuzz_below(f, wrong ? 256 : 2);
        break;
    case IPC_FIELD_COUNT:
        value = wrong && fuzz_rarely(f, 2) ? fuzz_random(f) : fuzz_below(f, field->bound + 1u);
        break;
    default:
        value = number(f, field->name);
    }
    memcpy(to, &value, field->size < sizeof value ? field->size : sizeof value);
}

void fuzz_words(struct fuzz *f, const struct ipc_operation *operation, uint64_t *words, bool wrong)
{
    for (unsigned i = 0; i < operation->field_count; i++) {
        const struct ipc_field *field = &operation->fields[i];
        if (!field->out && field->size > 0)
            fill(f, field, (uint8_t *)words + field->offset, wrong);
    }
}
