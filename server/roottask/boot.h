/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <l4/kip.h>

#include "module.h"

/**
 * Reads the boot loader's list of modules (ABI 11.3) into @table (MODULES_MAX entries, zeroed),
 * those behind roottask only, and maps their files. Returns how many; *@line is roottask's own
 * command line. Negative: sigma0 does not give what the list says (-ERR_EFAULT), or too many
 * modules (-ERR_ETOOMANY).
 */
long boot_modules(const struct l4_kip *kip, struct module *table, const char **line);
