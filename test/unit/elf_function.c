/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdlib.h>

#include "elf/elf.h"
#include "unit.h"

/* elf_function(): static functions by .symtab, whatever a hostile file has there (K11). */

enum { SYMBOLS = 6, NAMES = 48 };

/**
 * A file with nothing but section headers, symbols and strings; the last byte is that of a name.
 */
struct image {
    Elf64_Ehdr head;
    Elf64_Shdr sections[3]; /* null, .symtab, .strtab */
    Elf64_Sym symbols[SYMBOLS];
    char strings[NAMES];
};

static void fill(struct image *image)
{
    static const char strings[] = "\0outer\0inner\0data\0last";

    memset(image, 0, sizeof *image);
    image->head.e_shoff = offsetof(struct image, sections);
    image->head.e_shentsize = sizeof(Elf64_Shdr);
    image->head.e_shnum = 3;
    image->sections[1] = (Elf64_Shdr){
        .sh_type = SHT_SYMTAB, .sh_offset = offsetof(struct image, symbols),
        .sh_size = sizeof image->symbols, .sh_link = 2, .sh_entsize = sizeof(Elf64_Sym)};
    image->sections[2] = (Elf64_Shdr){.sh_type = SHT_STRTAB,
                                      .sh_offset = offsetof(struct image, strings),
                                      .sh_size = sizeof image->strings};
    memcpy(image->strings, strings, sizeof strings);
    image->symbols[1] = (Elf64_Sym){1, ELF64_ST_INFO(STB_LOCAL, STT_FUNC), 0, 1, 0x1000, 0x100};
    image->symbols[2] = (Elf64_Sym){7, ELF64_ST_INFO(STB_GLOBAL, STT_FUNC), 0, 1, 0x1040, 0x10};
    image->symbols[3] = (Elf64_Sym){13, ELF64_ST_INFO(STB_LOCAL, STT_OBJECT), 0, 1, 0x2000, 8};
    image->symbols[4] = (Elf64_Sym){18, ELF64_ST_INFO(STB_LOCAL, STT_FUNC), 0, 1, 0x3000, 4};
    image->symbols[5] = (Elf64_Sym){1, ELF64_ST_INFO(STB_LOCAL, STT_FUNC), 0, SHN_UNDEF, 0x4000, 4};
}

/**
 * "NAME+0x12", or "-". @image is copied to memory of exactly its size, for the sanitizers to see.
 */
static const char *at(const struct image *image, uint64_t vaddr, size_t size)
{
    static char text[ELF_FUNCTION_NAME + 20];
    void *copy = malloc(size);
    struct elf_object object = {.file = {.name = "test", .data = copy, .size = size}};
    struct elf_function f;

    memcpy(copy, image, size);
    if (elf_function(&object, vaddr, &f) < 0)
        strcpy(text, "-");
    else
        snprintf(text, sizeof text, "%.*s+0x%lx", (int)f.length, f.name,
                 (unsigned long)(vaddr - f.start));
    free(copy);
    return text;
}

TEST(static_functions)
{
    struct image image;

    fill(&image);
    CHECK_STR(at(&image, 0x1000, sizeof image), "outer+0x0");
    CHECK_STR(at(&image, 0x103f, sizeof image), "outer+0x3f");
    CHECK_STR(at(&image, 0x1040, sizeof image), "inner+0x0");
    CHECK_STR(at(&image, 0x1050, sizeof image), "outer+0x50");
    CHECK_STR(at(&image, 0x10ff, sizeof image), "outer+0xff");
    CHECK_STR(at(&image, 0x1100, sizeof image), "-");
    CHECK_STR(at(&image, 0x0fff, sizeof image), "-");
}

TEST(only_functions)
{
    struct image image;

    fill(&image);
    CHECK_STR(at(&image, 0x2000, sizeof image), "-");
    CHECK_STR(at(&image, 0x4000, sizeof image), "-");
}

TEST(stripped)
{
    struct image image;

    fill(&image);
    image.head.e_shnum = 0;
    CHECK_STR(at(&image, 0x1000, sizeof image), "-");
    fill(&image);
    image.sections[1].sh_type = SHT_DYNSYM;
    CHECK_STR(at(&image, 0x1000, sizeof image), "-");
}

/** Fields that point out of the file, each alone. */
TEST(out_of_the_file)
{
    struct image image;
    static const uint64_t far[] = {sizeof image, sizeof image - 1, 1ull << 40, ~0ull, ~0ull - 63};

    for (unsigned i = 0; i < sizeof far / sizeof far[0]; i++) {
        fill(&image);
        image.head.e_shoff = far[i];
        CHECK_STR(at(&image, 0x1000, sizeof image), "-");
        fill(&image);
        image.sections[1].sh_offset = far[i];
        CHECK_STR(at(&image, 0x1000, sizeof image), "-");
        fill(&image);
        image.sections[1].sh_size = far[i];
        CHECK_STR(at(&image, 0x1000, sizeof image), "-");
        fill(&image);
        image.sections[2].sh_offset = far[i];
        CHECK_STR(at(&image, 0x1000, sizeof image), "-");
        fill(&image);
        image.sections[2].sh_size = far[i];
        CHECK_STR(at(&image, 0x1000, sizeof image), "-");
        fill(&image);
        image.sections[1].sh_link = (uint32_t)far[i];
        CHECK_STR(at(&image, 0x1000, sizeof image), "-");
        fill(&image);
        image.symbols[1].st_name = (uint32_t)far[i];
        CHECK_STR(at(&image, 0x1000, sizeof image), "-");
    }
    fill(&image);
    image.head.e_shnum = 0xffff;
    CHECK_STR(at(&image, 0x1000, sizeof image), "-");
    fill(&image);
    image.head.e_shentsize = 1;
    CHECK_STR(at(&image, 0x1000, sizeof image), "-");
    fill(&image);
    image.sections[1].sh_entsize = 1;
    CHECK_STR(at(&image, 0x1000, sizeof image), "-");
    CHECK_STR(at(&image, 0x1000, 10), "-");
}

/** A name must end in the table; a long one is cut. */
TEST(names)
{
    struct image image;

    fill(&image);
    memset(image.strings, 'x', NAMES);
    CHECK_STR(at(&image, 0x1000, sizeof image), "-");
    fill(&image);
    image.symbols[1].st_name = 0;
    CHECK_STR(at(&image, 0x1000, sizeof image), "-");
    fill(&image); /* the whole file as strings: no zero for more than is looked at */
    image.sections[2].sh_offset = offsetof(struct image, symbols);
    image.sections[2].sh_size = sizeof image - offsetof(struct image, symbols);
    memset(&image.symbols[3], 'y', 3 * sizeof image.symbols[0]);
    image.symbols[1].st_name = 3 * sizeof image.symbols[0];
    image.symbols[2].st_size = 0;
    CHECK_EQ(strlen(at(&image, 0x1000, sizeof image)), ELF_FUNCTION_NAME + 4);
}

TEST(random_bytes)
{
    struct image image;

    srand(1);
    for (unsigned i = 0; i < 100000; i++) {
        fill(&image);
        for (unsigned n = 0; n < 3; n++)
            ((unsigned char *)&image)[(unsigned)rand() % sizeof image] = (unsigned char)rand();
        at(&image, 0x1000 + (unsigned)rand() % 0x200, sizeof image);
    }
}

UNIT_MAIN(T(static_functions), T(only_functions), T(stripped), T(out_of_the_file), T(names),
          T(random_bytes))
