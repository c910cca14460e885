/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <stdatomic.h>
#include <stdint.h>

/*
 * Keys of thread data: which are taken, and the values of one thread. No IPC. A value is of the
 * generation of its key: what was set before the key was given back and taken again is not seen.
 */

enum { THREAD_KEYS = 8 };

/** The keys of a task. Generation odd: taken. */
struct keys {
    _Atomic uint32_t generation[THREAD_KEYS];
};

/** The values of one thread, which alone touches them. All zero: none. */
struct key_values {
    void *value[THREAD_KEYS];
    uint32_t generation[THREAD_KEYS];
};

/** Takes a key, 0..THREAD_KEYS-1. -ERR_ETOOMANY: none is left. */
long keys_alloc(struct keys *keys);

/** Gives @key back. -ERR_EINVAL: it is not taken. */
long keys_release(struct keys *keys, unsigned key);

/** Sets the value of @key. -ERR_EINVAL: it is not taken. */
long keys_set(const struct keys *keys, struct key_values *values, unsigned key, void *value);

/** The value of @key; null if none was set since it was taken. */
void *keys_get(const struct keys *keys, const struct key_values *values, unsigned key);
