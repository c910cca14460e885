/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * libFuzzer target for lib/elf (row X17). Seeds: any small libraries; the shorter the better.
 *   clang -g -O1 -fsanitize=fuzzer,address,undefined -D_GNU_SOURCE -Ilib -Itest/unit \
 *       -o /tmp/fuzz-elf test/fuzz/elf.c lib/elf/[a-z]*.c
 *   /tmp/fuzz-elf -max_total_time=3600 -max_len=40000 -timeout=25 NEW_FOLDER FOLDER_WITH_LIBRARIES
 */
#include "elf/exercise.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    void *block = NULL;
    if (posix_memalign(&block, ELF_PAGE_SIZE, size ? size : 1))
        return 0;
    memcpy(block, data, size);
    struct elf_file file = { "fuzz", block, size };
    exercise(&file, NULL);
    free(block);
    return 0;
}
