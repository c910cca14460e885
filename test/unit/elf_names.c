/* SPDX-License-Identifier: BSD-2-Clause */
/* Names made to be long: what they cost is bounded, in the parser and in look-ups. */
#include <stdlib.h>

#include "elf/part.h"
#include "unit.h"

enum { SYMBOLS = 4000, LONG = 1 << 20 };

/* A library without symbols that needs a library @needed times; its name has @length letters. */
struct maker {
    size_t length, needed;
    size_t size;
    unsigned char *bytes;
};

static void make(struct maker *m)
{
    size_t symbols = sizeof(Elf64_Ehdr) + 2 * sizeof(Elf64_Phdr);
    size_t hash = symbols + sizeof(Elf64_Sym), dynamic = hash + 16;
    size_t strings = dynamic + (m->needed + 6) * sizeof(Elf64_Dyn);
    m->size = strings + m->length + 2;
    m->bytes = calloc(1, m->size);

    *(Elf64_Ehdr *)m->bytes = (Elf64_Ehdr){
        .e_ident = {0x7f, 'E', 'L', 'F', ELFCLASS64, ELFDATA2LSB, EV_CURRENT}, .e_type = ET_DYN,
        .e_machine = EM_X86_64, .e_version = EV_CURRENT, .e_phoff = sizeof(Elf64_Ehdr),
        .e_ehsize = sizeof(Elf64_Ehdr), .e_phentsize = sizeof(Elf64_Phdr), .e_phnum = 2};
    Elf64_Phdr *headers = (Elf64_Phdr *)(m->bytes + sizeof(Elf64_Ehdr));
    headers[0] = (Elf64_Phdr){.p_type = PT_LOAD, .p_flags = PF_R, .p_filesz = m->size,
                              .p_memsz = m->size, .p_align = 4096};
    headers[1] = (Elf64_Phdr){.p_type = PT_DYNAMIC, .p_flags = PF_R, .p_offset = dynamic,
                              .p_vaddr = dynamic, .p_filesz = strings - dynamic,
                              .p_memsz = strings - dynamic, .p_align = 8};
    ((uint32_t *)(m->bytes + hash))[0] = ((uint32_t *)(m->bytes + hash))[1] = 1;
    Elf64_Dyn *d = (Elf64_Dyn *)(m->bytes + dynamic);
    *d++ = (Elf64_Dyn){DT_STRTAB, {strings}};
    *d++ = (Elf64_Dyn){DT_STRSZ, {m->length + 2}};
    *d++ = (Elf64_Dyn){DT_SYMTAB, {symbols}};
    *d++ = (Elf64_Dyn){DT_SYMENT, {sizeof(Elf64_Sym)}};
    *d++ = (Elf64_Dyn){DT_HASH, {hash}};
    for (size_t i = 0; i < m->needed; i++)
        *d++ = (Elf64_Dyn){DT_NEEDED, {1}};
    memset(m->bytes + strings + 1, 'a', m->length);
}

static void *blocks[100];
static unsigned block_count;

static void *take(void *context, size_t size)
{
    (void)context;
    return blocks[block_count++] = calloc(1, size ? size : 1);
}

static int parse(size_t length, size_t needed)
{
    struct maker m = {.length = length, .needed = needed};
    struct elf_arena arena = {.alloc = take};
    const struct elf_object *object;
    struct elf_report report;
    char text[400];

    make(&m);
    void *page = aligned_alloc(4096, (m.size + 4095) & ~4095ul);
    memcpy(page, m.bytes, m.size);
    struct elf_file file = {.name = "x", .data = page, .size = m.size};
    elf_report_init(&report, text, sizeof text);
    int error = elf_parse(&file, &arena, &object, &report);
    while (block_count)
        free(blocks[--block_count]);
    free(page);
    free(m.bytes);
    return error;
}

TEST(needed_libraries_have_reasonable_names)
{
    CHECK_EQ(parse(ELF_NAME_MAX, 3), 0);
    CHECK_EQ(parse(ELF_NAME_MAX + 1, 3), -ERR_ECORRUPT);
    CHECK_EQ(parse(8 << 20, 100000), -ERR_ETOOMANY);
    CHECK_EQ(parse(8 << 20, 1000), -ERR_ECORRUPT);
    CHECK_EQ(parse(8, 4096), 0);
    CHECK_EQ(parse(8, 4097), -ERR_ETOOMANY);
}

/* All symbols say that they have the hash that is looked for, and nearly the name. */
TEST(false_hits_cost_what_they_take)
{
    char *strings = calloc(1, LONG + 10), *wanted = calloc(1, LONG + 2);
    Elf64_Sym *table = calloc(SYMBOLS + 1, sizeof *table);
    uint32_t *chain = calloc(SYMBOLS, sizeof *chain), bucket = 1;
    uint64_t bloom = ~0ull;
    struct elf_object object = {0};
    struct elf_key key = {.name = wanted, .sysv_hash = ELF_NO_HASH, .limit = 1 << 24};

    memset(strings + 1, 'a', LONG + 4);
    memset(wanted, 'a', LONG);
    wanted[LONG] = 'b';
    key.gnu_hash = elf_gnu_hash(wanted, &key.length);
    for (unsigned i = 1; i <= SYMBOLS; i++) {
        table[i] = (Elf64_Sym){.st_name = 1 + i % 4, .st_shndx = 1, .st_value = 1,
                               .st_info = ELF64_ST_INFO(STB_GLOBAL, STT_FUNC)};
        chain[i - 1] = (key.gnu_hash & ~1u) | (i == SYMBOLS);
    }
    object.symbols = (struct elf_symbols){
        .table = table, .strings = strings, .count = SYMBOLS + 1, .gnu_buckets = &bucket,
        .gnu_bucket_count = 1, .gnu_chain = chain, .gnu_first = 1, .bloom = &bloom};
    CHECK_EQ(elf_lookup_key(&object, &key), 0);
    CHECK(key.work > key.limit && key.work < key.limit + LONG);
    free(strings);
    free(wanted);
    free(table);
    free(chain);
}

UNIT_MAIN(T(needed_libraries_have_reasonable_names), T(false_hits_cost_what_they_take))
