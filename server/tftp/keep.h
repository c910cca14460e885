/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <stdint.h>

/*
 * Versions of files for `keep=SECONDS`. TFTP does not say when a file has changed, so a file counts
 * as unchanged for that long after it was asked for: whoever keeps its contents (exec) need not
 * fetch it again, and sees a change that much later. A name that the server did not have counts as
 * missing for that long, too.
 */

#define KEEP_NAMES 64 /* with more, the oldest are forgotten, and fetched again */
#define KEEP_NAME_MAX 256

/** Files count as unchanged for @us microseconds; 0: never, which is so before the first call. */
void keep_init(uint64_t us);

/**
 * The number of the present contents of file @name, to be asked for before these are fetched: never
 * 0, and another one when the time of the last is over at @now_us. -ERR_ENOSYS: nothing is kept;
 * -ERR_ENOFILE: there was no such file a short time ago.
 */
long keep_version(const char *name, uint64_t now_us, uint64_t *version);

/** The server has no file @name. */
void keep_missing(const char *name);
