/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <stddef.h>

#include "quota.h"
#include "script/script.h"

/*
 * roottask's configuration (doc/boot.md): who gets what, in the words of the paper's RMGR. Text in,
 * a table of quotas out; nothing here calls the kernel.
 */

enum { CONFIG_TASKS_MAX = 32, CONFIG_NAME_MAX = 31, CONFIG_ERROR_MAX = 200 };

/** What the text says of one module, on the ground of its built-in entry. */
struct config_task {
    char name[CONFIG_NAME_MAX + 1];
    uint32_t line; /* of the text */
    struct quota quota;
};

struct config {
    unsigned count;
    struct config_task tasks[CONFIG_TASKS_MAX];
    char error[CONFIG_ERROR_MAX]; /* `NAME:LINE:COLUMN: why`, if it is wrong */
};

/** Reads @source into @config, adding to what is there. 0, or -ERR_EINVAL with config->error. */
long config_read(struct config *config, const struct script_source *source);

/** The quota of the module called @name: as configured, or else *@built_in, which is filled in. */
const struct quota *config_quota(const struct config *config, const char *name,
                                 struct quota *built_in);
