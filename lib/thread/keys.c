/* SPDX-License-Identifier: BSD-2-Clause */
#include "thread/keys.h"

#include <stdbool.h>
#include <stddef.h>

#include "errors/errors.h"

static bool is_taken(uint32_t generation)
{
    return generation & 1;
}

long keys_alloc(struct keys *keys)
{
    for (unsigned i = 0; i < THREAD_KEYS; i++) {
        uint32_t generation = atomic_load(&keys->generation[i]);
        if (!is_taken(generation)
            && atomic_compare_exchange_strong(&keys->generation[i], &generation, generation + 1))
            return i;
    }
    return -ERR_ETOOMANY;
}

long keys_release(struct keys *keys, unsigned key)
{
    if (key >= THREAD_KEYS)
        return -ERR_EINVAL;
    uint32_t generation = atomic_load(&keys->generation[key]);
    if (!is_taken(generation)
        || !atomic_compare_exchange_strong(&keys->generation[key], &generation, generation + 1))
        return -ERR_EINVAL;
    return 0;
}

long keys_set(const struct keys *keys, struct key_values *values, unsigned key, void *value)
{
    if (key >= THREAD_KEYS)
        return -ERR_EINVAL;
    uint32_t generation = atomic_load(&keys->generation[key]);
    if (!is_taken(generation))
        return -ERR_EINVAL;
    values->value[key] = value;
    values->generation[key] = generation;
    return 0;
}

void *keys_get(const struct keys *keys, const struct key_values *values, unsigned key)
{
    if (key >= THREAD_KEYS)
        return NULL;
    uint32_t generation = atomic_load(&keys->generation[key]);
    bool is_set = is_taken(generation) && values->generation[key] == generation;
    return is_set ? values->value[key] : NULL;
}
