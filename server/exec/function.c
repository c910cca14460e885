/* SPDX-License-Identifier: BSD-2-Clause */
#include "function.h"

#include "errors/errors.h"

static bool contains(const Elf64_Sym *symbol, uint64_t offset)
{
    return ELF64_ST_TYPE(symbol->st_info) == STT_FUNC && symbol->st_shndx != SHN_UNDEF
           && offset >= symbol->st_value && offset - symbol->st_value < symbol->st_size;
}

long function_find(const struct object *object, uint64_t offset, struct function *function)
{
    const struct elf_symbols *symbols = &object->elf->symbols;

    for (uint32_t i = 0; i < symbols->count; i++) {
        const Elf64_Sym *symbol = &symbols->table[i];
        if (!contains(symbol, offset))
            continue;
        *function = (struct function){
            .start = symbol->st_value, .name = symbols->strings + symbol->st_name};
        return 0;
    }
    return -ERR_ENOENT;
}
