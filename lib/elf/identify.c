/* SPDX-License-Identifier: BSD-2-Clause */
#include "elf/part.h"
#include <string.h>

/** The identification bytes: magic, class, byte order, version, ABI. */
static int check_ident(const struct elf_file *file, struct elf_report *report)
{
    const unsigned char *ident = file->data;
    size_t magic = file->size < SELFMAG ? file->size : SELFMAG;

    if (magic == 0 || memcmp(ident, ELFMAG, magic) != 0)
        return elf_fail(report, ERR_ENOTELF, file->name, "not an ELF file");
    if (file->size < sizeof(Elf64_Ehdr))
        return elf_fail(report, ERR_ETRUNCATED, file->name, "truncated in the ELF header");
    if (ident[EI_CLASS] != ELFCLASS64 || ident[EI_DATA] != ELFDATA2LSB)
        return elf_fail(report, ERR_EWRONGCLASS, file->name, "not 64 bit little endian");
    if (ident[EI_VERSION] != EV_CURRENT)
        return elf_fail(report, ERR_ECORRUPT, file->name, "unknown ELF version");
    if (ident[EI_OSABI] != ELFOSABI_NONE && ident[EI_OSABI] != ELFOSABI_LINUX)
        return elf_fail(report, ERR_EUNSUPPORTED, file->name, "for another system, ABI %lu",
                        (unsigned long)ident[EI_OSABI]);
    return 0;
}

int elf_identify(const struct elf_file *file, struct elf_report *report)
{
    int error = check_ident(file, report);
    if (error)
        return error;

    const Elf64_Ehdr *header = file->data;
    if (header->e_machine != EM_X86_64)
        return elf_fail(report, ERR_EWRONGMACHINE, file->name, "for another machine, number %lu",
                        (unsigned long)header->e_machine);
    if (header->e_type != ET_EXEC && header->e_type != ET_DYN)
        return elf_fail(report, ERR_EWRONGTYPE, file->name,
                        "neither program nor shared library, type %lu",
                        (unsigned long)header->e_type);
    if (header->e_phnum == 0 || header->e_phnum == PN_XNUM ||
        header->e_phentsize != sizeof(Elf64_Phdr) || header->e_phoff % 8)
        return elf_fail(report, ERR_ECORRUPT, file->name, "bad program header table");
    if (!elf_inside(header->e_phoff, header->e_phnum * sizeof(Elf64_Phdr), file->size))
        return elf_fail(report, ERR_ETRUNCATED, file->name, "truncated in the program headers");
    return header->e_type;
}
