/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <stdint.h>

#include "ipc/ipc.h"

/*
 * For whom the loader keeps something: the task whose own gate was used, by its number; or one of
 * two that many share.
 */

enum {
    ACCOUNT_PUBLIC = 0,           /* whoever uses the registered gate without S */
    ACCOUNT_TRUSTED = 0xffffffff, /* with S: boot modules, the loader's command line */
};

/** Who asks by @call, of idl/loader.idl. Service thread. */
uint32_t account_of(const struct ipc_call *call);

/** Places of some table. */
struct account_share {
    unsigned total, used;
    unsigned own; /* used by the one who wants another */
};

/**
 * 0 if it may have one: it has less than half of all, and a quarter is left for those who have none.
 * -ERR_ESHARE; -ERR_EAGAIN none is left at all.
 */
long account_check(const struct account_share *share);
