/* SPDX-License-Identifier: BSD-2-Clause */
/* Rows X01 and X17: sections are what readelf says; each wrong file has its own error. */
#include "elf/support.h"

static const char library_source[] =
    "extern int other(void); extern int data_other; __attribute__((weak)) extern int maybe;\n"
    "__thread int local = 3; int table[3000] = { 1 }; int zero[9000];\n"
    "const char *const names[] = { \"a\", \"b\" }; int *where = &data_other; int *weak = &maybe;\n"
    "static void start(void) { } __attribute__((section(\".init_array\"), used))\n"
    "static void (*init)(void) = start;\n"
    "int answer(void) { return other() + local + table[1] + zero[2]; }\n";

/** libgood.so, a small library with something of everything. */
static const struct elf_object *good(void)
{
    world_write(&world, "good.c", library_source);
    if (!world_run(&world, "gcc -shared -fPIC -O1 -nostdlib -Wl,--hash-style=both,-z,now,"
                           "-soname,libgood.so,--build-id -o libgood.so good.c"))
        return NULL;
    return world_parse(&world, "libgood.so");
}

static int parse_error(const void *data, size_t size)
{
    const struct elf_object *object;
    struct elf_file file = world_bytes(&world, "bad.so", data, size);
    elf_report_init(&world.report, world.text, sizeof(world.text));
    return elf_parse(&file, &world.arena, &object, &world.report);
}

/** What is read-only after relocation: whole pages within what GNU_RELRO says. */
static bool relro_equals_readelf(const struct elf_object *o, const char *lines)
{
    unsigned long vaddr, memsz;
    const char *line = strstr(lines, "GNU_RELRO");
    if (!line || sscanf(line, "GNU_RELRO 0x%*x 0x%lx 0x%*x 0x%*x 0x%lx", &vaddr, &memsz) != 2)
        vaddr = memsz = 0;
    uint64_t start = vaddr & -ELF_PAGE_SIZE, end = (vaddr + memsz) & -ELF_PAGE_SIZE, seen = 0;
    for (uint32_t i = 0; i < o->section_count; i++) {
        const struct elf_section *s = &o->sections[i];
        if (!(s->flags & ELF_SECTION_RELRO))
            continue;
        if (s->vaddr < start || s->vaddr + s->size > end)
            return false;
        seen += s->size;
    }
    return seen == (end > start ? end - start : 0);
}

/** The sections, page by page, must be what the LOAD lines of readelf say. */
static bool sections_equal_readelf(const struct elf_object *o, const char *lines)
{
    unsigned seen = 0;
    for (const char *p = lines; (p = strstr(p, "  LOAD")); p++, seen++) {
        unsigned long offset, vaddr, paddr, filesz, memsz;
        char flags[4] = "   ";
        if (sscanf(p, " LOAD 0x%lx 0x%lx 0x%lx 0x%lx 0x%lx %3c", &offset, &vaddr, &paddr, &filesz,
                   &memsz, flags) != 6)
            return false;
        uint32_t rights = (flags[0] == 'R' ? PF_R : 0) | (flags[1] == 'W' ? PF_W : 0) |
                          (flags[2] == 'E' ? PF_X : 0);
        uint64_t at = vaddr & -ELF_PAGE_SIZE;
        uint64_t end = (vaddr + memsz + ELF_PAGE_SIZE - 1) & -ELF_PAGE_SIZE;
        for (uint32_t i = 0; i < o->section_count; i++) {
            const struct elf_section *s = &o->sections[i];
            if (s->vaddr != at || at >= end)
                continue;
            bool relro = s->flags & ELF_SECTION_RELRO;
            bool writable = rights & PF_W;
            if (s->rights != (relro ? rights & ~(uint32_t)PF_W : rights))
                return false;
            if ((s->kind == ELF_WRITTEN) != writable)
                return false;
            if (!writable && s->offset - (offset & -ELF_PAGE_SIZE) != at - (vaddr & -ELF_PAGE_SIZE))
                return false;
            at += s->size;
        }
        if (at != end)
            return false;
    }
    return seen > 0 && seen == o->segment_count;
}

WORLD_TEST(sections)
{
    static const struct {
        const char *name, *flags;
    } cases[] = {
        { "libplain.so", "-shared -fPIC" },
        { "libnorelro.so", "-shared -fPIC -Wl,-z,norelro" },
        { "libnow.so", "-shared -fPIC -Wl,-z,now" },
        { "libtight.so", "-shared -fPIC -Wl,-z,noseparate-code" },
        { "libbig.so", "-shared -fPIC -Wl,-z,max-page-size=0x200000" },
        { "fixed", "-no-pie -Wl,-e,answer,--no-as-needed,-rpath,/nowhere -L. -lother" },
        { "static", "-static "
                    "-Wl,-e,answer,-Ttext-segment=0x1000000,--unresolved-symbols=ignore-all" },
        { "pie", "-pie -fPIE -Wl,-e,answer,--unresolved-symbols=ignore-all" },
        { "libpacked.so", "-shared -fPIC -Wl,-z,pack-relative-relocs" },
        { "liblld.so", "-shared -fPIC -fuse-ld=lld -Wl,--unresolved-symbols=ignore-all" },
    };
    CHECK(good());
    CHECK(world_run(&world, "echo 'int other(void) { return 1; } int data_other;' | "
                            "gcc -shared -fPIC -nostdlib -x c - -o libother.so"));
    for (unsigned i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        if (strstr(cases[i].flags, "lld") && access("/usr/bin/ld.lld", X_OK) != 0)
            continue;
        CHECK(world_run(&world, "gcc -O1 -nostdlib -o %s good.c %s", cases[i].name,
                        cases[i].flags));
        const struct elf_object *o = world_parse(&world, cases[i].name);
        CHECK_STR(world.report.text, "");
        const char *lines = world_run(&world, "readelf -lW %s", cases[i].name);
        CHECK(lines && sections_equal_readelf(o, lines) && relro_equals_readelf(o, lines));
        CHECK_EQ(o->fixed, i == 5 || i == 6);
        CHECK_EQ(o->dynamic != 0, i != 6);
    }
}

/** The page in which the part to become read-only ends is still written by the program. */
WORLD_TEST(relro_rounding)
{
    const struct elf_object *o = good();
    CHECK(o);
    unsigned char *bytes = world_alloc(&world, o->file.size);
    memcpy(bytes, o->file.data, o->file.size);
    Elf64_Phdr *p = (void *)(bytes + ((Elf64_Ehdr *)bytes)->e_phoff);
    while (p->p_type != PT_GNU_RELRO)
        p++;
    uint64_t end = (p->p_vaddr + p->p_memsz) & -ELF_PAGE_SIZE;
    p->p_memsz = end - p->p_vaddr + 16;
    struct elf_file file = world_bytes(&world, "relro.so", bytes, o->file.size);
    CHECK_EQ(elf_parse(&file, &world.arena, &o, &world.report), 0);
    uint64_t relro_end = 0;
    for (uint32_t i = 0; i < o->section_count; i++)
        if (o->sections[i].flags & ELF_SECTION_RELRO)
            relro_end = o->sections[i].vaddr + o->sections[i].size;
    CHECK_EQ(relro_end, end);
}

WORLD_TEST(facts)
{
    const struct elf_object *o = good();
    CHECK_STR(world.report.text, "");
    CHECK_STR(o->soname, "libgood.so");
    CHECK_EQ(o->init_array.count, 1);
    CHECK_EQ(o->tls.memsz, 4);
    CHECK_EQ(o->build_id_size, 20);
    CHECK_EQ(o->relocations.relative_count, 3); /* names[2], init */
    CHECK(elf_lookup(o, "answer") && elf_lookup(o, "table"));
    CHECK_EQ(elf_lookup(o, "table")->st_size, 12000);
    CHECK(!elf_lookup(o, "other") && !elf_lookup(o, "start") && !elf_lookup(o, ""));
    CHECK(world_run(&world, "gcc -nostdlib -pie -fPIC -Wl,-e,answer -o program good.c "
                            "-Wl,--unresolved-symbols=ignore-all,--no-as-needed ./libgood.so"));
    o = world_parse(&world, "program");
    CHECK(o);
    CHECK_STR(o->interpreter, "/lib64/ld-linux-x86-64.so.2");
    CHECK_EQ(o->needed_count, 1);
    CHECK_STR(o->needed[0], "libgood.so");
    CHECK_EQ(o->entry, elf_lookup(o, "answer")->st_value);
}

/** The image: file contents of written segments at their place, all else zero. */
WORLD_TEST(fill)
{
    const struct elf_object *o = good();
    CHECK(o);
    unsigned char *image = world_alloc(&world, o->image_size);
    memset(image, 0, o->image_size);
    elf_fill(o, image);
    const Elf64_Sym *table = elf_lookup(o, "table"), *zero = elf_lookup(o, "zero");
    CHECK(table && zero);
    const unsigned char *at = elf_image_at(o, image, table->st_value);
    CHECK(at && at[0] == 1 && at[4] == 0);
    CHECK(elf_image_at(o, image, zero->st_value + 35999));
    CHECK_EQ(*(unsigned char *)elf_image_at(o, image, zero->st_value + 35999), 0);
    CHECK(!elf_image_at(o, image, o->end));
    CHECK(!elf_image_at(o, image, elf_lookup(o, "answer")->st_value));
    /* every byte past the file's part of the written segment is zero */
    for (uint32_t i = 0; i < o->section_count; i++) {
        const struct elf_section *s = &o->sections[i];
        const struct elf_segment *g = &o->segments[s->segment];
        for (uint64_t v = s->vaddr; s->kind == ELF_WRITTEN && v < s->vaddr + s->size; v++)
            if (v < g->vaddr || v >= g->vaddr + g->filesz)
                CHECK_EQ(image[s->offset + v - s->vaddr], 0);
    }
}

WORLD_TEST(base)
{
    const struct elf_object *o = good();
    uint64_t base;
    CHECK(o);
    CHECK_EQ(elf_base(o, 0x7000000, &base), 0);
    CHECK_EQ(base, 0x7000000);
    CHECK_EQ(elf_base(o, 0x7000010, &base), -ERR_EADDRNOTAVAIL);
    CHECK_EQ(elf_base(o, 0, &base), -ERR_EADDRNOTAVAIL);
    CHECK_EQ(elf_base(o, 0x7fffffffe000, &base), -ERR_EADDRNOTAVAIL);
    CHECK_EQ(elf_base(o, -4096ull, &base), -ERR_EADDRNOTAVAIL);
    CHECK(world_run(&world, "gcc -O1 -nostdlib -static -Wl,-e,answer,-Ttext-segment=0x1000000,"
                            "--unresolved-symbols=ignore-all -o fixed good.c"));
    o = world_parse(&world, "fixed");
    CHECK(o);
    CHECK_EQ(elf_base(o, 0x1000000, &base), 0);
    CHECK_EQ(base, 0);
    CHECK_EQ(elf_base(o, 0x2000000, &base), -ERR_EADDRNOTAVAIL);
}

WORLD_TEST(wrong_files)
{
    const struct elf_object *o = good();
    CHECK(o);
    unsigned char *b = world_alloc(&world, o->file.size);
    Elf64_Ehdr *h = (void *)b;
#define WITH(change, error)                                            \
    do {                                                               \
        memcpy(b, o->file.data, o->file.size);                         \
        change;                                                        \
        CHECK_EQ(parse_error(b, o->file.size), -(error));              \
        CHECK(strncmp(world.text, "bad.so: ", 8) == 0);                \
    } while (0)
    CHECK_EQ(parse_error("", 0), -ERR_ENOTELF);
    CHECK_EQ(parse_error("#!/bin/sh\n", 10), -ERR_ENOTELF);
    CHECK_EQ(parse_error("\177ELF", 4), -ERR_ETRUNCATED);
    WITH(b[0] = 0, ERR_ENOTELF);
    WITH(b[EI_CLASS] = ELFCLASS32, ERR_EWRONGCLASS);
    WITH(b[EI_DATA] = ELFDATA2MSB, ERR_EWRONGCLASS);
    WITH(b[EI_VERSION] = 7, ERR_ECORRUPT);
    WITH(b[EI_OSABI] = ELFOSABI_FREEBSD, ERR_EUNSUPPORTED);
    WITH(h->e_machine = EM_AARCH64, ERR_EWRONGMACHINE);
    WITH(h->e_type = ET_REL, ERR_EWRONGTYPE);
    WITH(h->e_type = ET_CORE, ERR_EWRONGTYPE);
    WITH(h->e_phoff = 1ull << 40, ERR_ETRUNCATED);
    WITH(h->e_phoff = -8ull, ERR_ETRUNCATED);
    WITH(h->e_phnum = 0, ERR_ECORRUPT);
    WITH(h->e_phnum = 0xffff, ERR_ECORRUPT);
    WITH(h->e_phentsize = 0, ERR_ECORRUPT);
    WITH(h->e_entry = 1ull << 46, ERR_ECORRUPT);
    CHECK_EQ(parse_error(o->file.data, 16), -ERR_ETRUNCATED);
    CHECK_EQ(parse_error(o->file.data, 64), -ERR_ETRUNCATED);
    CHECK_EQ(parse_error(o->file.data, o->segments[o->segment_count - 1].offset + 8),
             -ERR_ETRUNCATED);
}

UNIT_MAIN(T(sections), T(relro_rounding), T(facts), T(fill), T(base), T(wrong_files))
