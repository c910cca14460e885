/* SPDX-License-Identifier: BSD-2-Clause */
#include "errors/errors.h"

struct entry {
    long number;
    const char *name;
    const char *text;
};

static const struct entry entries[] = {
#define ERROR(name, number, text) {number, #name, text},
#include "errors/errors.def"
#undef ERROR
};

static const struct entry *find(long error)
{
    static const struct entry ok = {0, "OK", "no error"};
    static const struct entry unknown = {0, "?", "unknown error"};
    long number = error < 0 ? -error : error;
    if (number == 0)
        return &ok;
    for (unsigned i = 0; i < sizeof entries / sizeof entries[0]; i++)
        if (entries[i].number == number)
            return &entries[i];
    return &unknown;
}

const char *error_text(long error)
{
    return find(error)->text;
}

const char *error_name(long error)
{
    return find(error)->name;
}
