/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * libFuzzer target for lib/script (row C35):
 *   clang -g -O1 -fsanitize=fuzzer,address,undefined -D_GNU_SOURCE -Ilib -Itest/unit \
 *       -o /tmp/fuzz-script test/fuzz/script.c lib/script/[a-z]*.c
 *   /tmp/fuzz-script -max_total_time=3600 -max_len=2000 NEW_FOLDER test/unit/script
 */
#include "script/support.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const char *problem = exercise((const char *)data, size);
    if (problem) {
        fprintf(stderr, "%s\n", problem);
        abort();
    }
    return 0;
}
