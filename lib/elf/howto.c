/* SPDX-License-Identifier: BSD-2-Clause */
/* The relocation types of the machine that may stand in a linked file (psABI x86-64, table 4.9). */
#include "elf/part.h"

#define TYPE(type, formula, width, range, use) \
    [type] = { #type, ELF_##formula, width, ELF_##range, use }

static const struct elf_howto howtos[] = {
    TYPE(R_X86_64_NONE, NONE, 0, ANY, 0),
    TYPE(R_X86_64_64, SYMBOL, 8, ANY, ELF_USE_DATA),
    TYPE(R_X86_64_PC32, PLACE, 4, SIGNED, ELF_USE_DATA),
    TYPE(R_X86_64_PLT32, PLACE, 4, SIGNED, ELF_USE_CALL),
    TYPE(R_X86_64_COPY, COPY, 0, ANY, ELF_USE_COPY),
    TYPE(R_X86_64_GLOB_DAT, SYMBOL, 8, ANY, ELF_USE_DATA),
    TYPE(R_X86_64_JUMP_SLOT, SYMBOL, 8, ANY, ELF_USE_CALL),
    TYPE(R_X86_64_RELATIVE, RELATIVE, 8, ANY, 0),
    TYPE(R_X86_64_32, SYMBOL, 4, UNSIGNED, ELF_USE_DATA),
    TYPE(R_X86_64_32S, SYMBOL, 4, SIGNED, ELF_USE_DATA),
    TYPE(R_X86_64_16, SYMBOL, 2, UNSIGNED, ELF_USE_DATA),
    TYPE(R_X86_64_PC16, PLACE, 2, SIGNED, ELF_USE_DATA),
    TYPE(R_X86_64_8, SYMBOL, 1, UNSIGNED, ELF_USE_DATA),
    TYPE(R_X86_64_PC8, PLACE, 1, SIGNED, ELF_USE_DATA),
    TYPE(R_X86_64_DTPMOD64, MODULE, 8, ANY, ELF_USE_TLS),
    TYPE(R_X86_64_DTPOFF64, TLS_BLOCK, 8, ANY, ELF_USE_TLS),
    TYPE(R_X86_64_TPOFF64, TLS_STATIC, 8, ANY, ELF_USE_TLS),
    TYPE(R_X86_64_DTPOFF32, TLS_BLOCK, 4, SIGNED, ELF_USE_TLS),
    TYPE(R_X86_64_TPOFF32, TLS_STATIC, 4, SIGNED, ELF_USE_TLS),
    TYPE(R_X86_64_PC64, PLACE, 8, ANY, ELF_USE_DATA),
    TYPE(R_X86_64_SIZE32, SIZE, 4, UNSIGNED, ELF_USE_DATA),
    TYPE(R_X86_64_SIZE64, SIZE, 8, ANY, ELF_USE_DATA),
    TYPE(R_X86_64_IRELATIVE, INDIRECT, 8, ANY, 0),
};

const struct elf_howto *elf_howto(uint64_t info)
{
    static const struct elf_howto unknown = { "unknown", ELF_UNKNOWN, 0, ELF_ANY, 0 };
    uint32_t type = ELF64_R_TYPE(info);
    bool known = type < sizeof(howtos) / sizeof(howtos[0]) && howtos[type].name;
    return known ? &howtos[type] : &unknown;
}
