/* SPDX-License-Identifier: BSD-2-Clause */
/* Which function is at an address: for reports about tasks, not for linking. Section headers and .symtab
 * are not checked by elf_parse(), as nothing else uses them: each entry is checked here when it is read. */
#include <string.h>

#include "elf/part.h"

/** A table of symbols with its strings, both inside the file; entries may lie at any address. */
struct table {
    const char *symbols;
    uint64_t count;
    const char *strings;
    uint64_t strings_size;
};

static Elf64_Shdr section_header(const struct elf_file *file, const Elf64_Ehdr *head, uint64_t i)
{
    Elf64_Shdr header;

    memcpy(&header, (const char *)file->data + head->e_shoff + i * sizeof header, sizeof header);
    return header;
}

static bool in_file(const struct elf_file *file, const Elf64_Shdr *header)
{
    return elf_inside(header->sh_offset, header->sh_size, file->size);
}

/** The table of section @i, if it is one of symbols and sound. */
static bool open_table(const struct elf_file *file, const Elf64_Ehdr *head, uint64_t i,
                       struct table *table)
{
    Elf64_Shdr symbols = section_header(file, head, i), strings;

    if (symbols.sh_type != SHT_SYMTAB || symbols.sh_entsize != sizeof(Elf64_Sym)
        || symbols.sh_link >= head->e_shnum || !in_file(file, &symbols))
        return false;
    strings = section_header(file, head, symbols.sh_link);
    if (strings.sh_type != SHT_STRTAB || !in_file(file, &strings))
        return false;
    *table = (struct table){
        .symbols = (const char *)file->data + symbols.sh_offset,
        .count = symbols.sh_size / sizeof(Elf64_Sym),
        .strings = (const char *)file->data + strings.sh_offset,
        .strings_size = strings.sh_size,
    };
    return true;
}

/** The first sound .symtab of the file; false: it has none (or is stripped). */
static bool find_table(const struct elf_file *file, struct table *table)
{
    Elf64_Ehdr head;

    if (file->size < sizeof head)
        return false;
    memcpy(&head, file->data, sizeof head);
    if (head.e_shentsize != sizeof(Elf64_Shdr)
        || !elf_inside(head.e_shoff, head.e_shnum * sizeof(Elf64_Shdr), file->size))
        return false;
    for (uint64_t i = 0; i < head.e_shnum; i++)
        if (open_table(file, &head, i, table))
            return true;
    return false;
}

static bool contains(const Elf64_Sym *symbol, uint64_t vaddr)
{
    return ELF64_ST_TYPE(symbol->st_info) == STT_FUNC && symbol->st_shndx != SHN_UNDEF
           && vaddr >= symbol->st_value && vaddr - symbol->st_value < symbol->st_size;
}

/** The innermost function of @table at @vaddr that has a name. */
static bool search(const struct table *table, uint64_t vaddr, struct elf_function *function)
{
    uint64_t count = table->count < ELF_FUNCTION_SYMBOLS ? table->count : ELF_FUNCTION_SYMBOLS;
    bool found = false;

    for (uint64_t i = 0; i < count; i++) {
        Elf64_Sym symbol;
        memcpy(&symbol, table->symbols + i * sizeof symbol, sizeof symbol);
        if (!contains(&symbol, vaddr) || (found && symbol.st_value <= function->start)
            || symbol.st_name >= table->strings_size)
            continue;
        const char *name = table->strings + symbol.st_name;
        uint64_t room = table->strings_size - symbol.st_name;
        const char *end = memchr(name, 0, room < ELF_FUNCTION_NAME ? room : ELF_FUNCTION_NAME);
        if (end == name || (!end && room < ELF_FUNCTION_NAME))
            continue;
        *function = (struct elf_function){
            .start = symbol.st_value,
            .name = name,
            .length = end ? (size_t)(end - name) : ELF_FUNCTION_NAME,
        };
        found = true;
    }
    return found;
}

int elf_function(const struct elf_object *object, uint64_t vaddr, struct elf_function *function)
{
    const struct elf_symbols *exported = &object->symbols;
    const struct table dynamic = {
        .symbols = (const char *)exported->table,
        .count = exported->count,
        .strings = exported->strings,
        .strings_size = exported->strings_size,
    };
    struct table all;

    if (find_table(&object->file, &all) && search(&all, vaddr, function))
        return 0;
    return search(&dynamic, vaddr, function) ? 0 : -ERR_ENOENT;
}
