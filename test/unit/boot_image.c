/* SPDX-License-Identifier: BSD-2-Clause */
/* The ELF checks of bootstrap: each kind of bad file has its own reason. */
#include "boot/image.h"

#include <elf.h>
#include <stddef.h>

#include "unit.h"

struct file {
    Elf64_Ehdr header;
    Elf64_Phdr segment[3];
    unsigned char text[64];
};

/* A kernel-like file: code linked high, loaded at 4 MiB, with an info page record inside. */
static struct file good_file(void)
{
    struct file f = { 0 };
    memcpy(f.header.e_ident, ELFMAG, SELFMAG);
    f.header.e_ident[EI_CLASS] = ELFCLASS64;
    f.header.e_ident[EI_DATA] = ELFDATA2LSB;
    f.header.e_machine = EM_X86_64;
    f.header.e_type = ET_EXEC;
    f.header.e_phentsize = sizeof(Elf64_Phdr);
    f.header.e_phnum = 3;
    f.header.e_phoff = offsetof(struct file, segment);
    f.header.e_entry = 0xffffffff80400010ull;
    f.segment[0] = (Elf64_Phdr){ .p_type = PT_LOAD, .p_flags = PF_R | PF_X, .p_filesz = 64,
                                 .p_offset = offsetof(struct file, text), .p_memsz = 0x2000,
                                 .p_paddr = 0x400000, .p_vaddr = 0xffffffff80400000ull };
    f.segment[1] = (Elf64_Phdr){ .p_type = PT_LOAD, .p_flags = PF_R | PF_W, .p_memsz = 0x1000,
                                 .p_paddr = 0x402000, .p_vaddr = 0xffffffff80402000ull };
    f.segment[2] = (Elf64_Phdr){ .p_type = 0x10, .p_paddr = 0x401000, .p_memsz = 0x1000 };
    return f;
}

static const char *parse(const struct file *f, struct image *image)
{
    const char *wrong = image_parse(f, sizeof(*f), image);
    return wrong ? wrong : "good";
}

TEST(good_file_is_taken)
{
    struct file f = good_file();
    struct image image;
    CHECK_STR(parse(&f, &image), "good");
    CHECK_EQ(image.segments, 2);
    CHECK_EQ(image.entry, 0x400010);
    CHECK_EQ(image.segment[0].rights, 5);
    CHECK_EQ(image.kip.start, 0x401000);
    CHECK_EQ(image.options.end, 0);
}

TEST(physical_entry_is_taken)
{
    struct file f = good_file();
    struct image image;
    f.header.e_entry = 0x400020;
    CHECK_STR(parse(&f, &image), "good");
    CHECK_EQ(image.entry, 0x400020);
}

TEST(truncated_files)
{
    struct file f = good_file();
    struct image image;
    CHECK_STR(image_parse(&f, 0, &image), "not an ELF file");
    CHECK_STR(image_parse(&f, sizeof(Elf64_Ehdr) - 1, &image), "not an ELF file");
    CHECK_STR(image_parse(&f, sizeof(Elf64_Ehdr) + 8, &image),
              "truncated: program headers lie outside the file");
    CHECK_STR(image_parse(&f, sizeof(f) - 1, &image), "truncated: a segment lies outside the file");
    f.segment[0].p_offset = ~0ull - 3;
    CHECK_STR(parse(&f, &image), "truncated: a segment lies outside the file");
    f.header.e_phoff = ~0ull - 8;
    CHECK_STR(parse(&f, &image), "truncated: program headers lie outside the file");
}

TEST(wrong_kinds_of_file)
{
    struct file f = good_file();
    struct image image;
    f.header.e_type = ET_DYN;
    CHECK_STR(parse(&f, &image), "not linked to fixed addresses");
    f.header.e_machine = EM_386;
    CHECK_STR(parse(&f, &image), "not an ELF file for x86-64");
    f.header.e_ident[0] = 'x';
    CHECK_STR(parse(&f, &image), "not an ELF file");
}

TEST(hostile_segments)
{
    struct image image;
    struct file f = good_file();
    f.segment[1].p_paddr = 0x401fff;
    CHECK_STR(parse(&f, &image), "two of its segments overlap");
    f.segment[1].p_paddr = ~0ull - 0xff;
    CHECK_STR(parse(&f, &image), "a segment wraps around the end of memory");
    f = good_file();
    f.segment[0].p_memsz = 63;
    CHECK_STR(parse(&f, &image), "a segment is larger in the file than in memory");
    f = good_file();
    f.segment[2].p_paddr = 0x402001;
    CHECK_STR(parse(&f, &image), "its KIP or options record lies outside its segments");
    f = good_file();
    f.header.e_entry = 0x402000;
    CHECK_STR(parse(&f, &image), "its entry point lies outside its code");
}

UNIT_MAIN(T(good_file_is_taken), T(physical_entry_is_taken), T(truncated_files),
          T(wrong_kinds_of_file), T(hostile_segments))
