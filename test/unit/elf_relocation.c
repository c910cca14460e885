/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Row X05: every relocation type of the machine. A library with one relocation is made, the type
 * in the file is changed to the one in question, and the result compared with what the reference
 * makes: ld.so's memory for the types it knows, for the others (and where both do) the word that
 * the static linker ld writes for the same symbol, addend and addresses.
 */
#include "elf/reference.h"

enum { LD_SO = 1, LD = 2 };

static const struct row {
    const char *name;
    unsigned type;
    const char *symbol;
    long addend;
    unsigned width, reference;
} rows[] = {
#define ROW(type, symbol, addend, width, reference) \
    { #type, type, symbol, addend, width, reference }
    ROW(R_X86_64_NONE, "target", 0, 8, LD_SO | LD),
    ROW(R_X86_64_64, "target", 0, 8, LD_SO | LD),
    ROW(R_X86_64_64, "target", -3, 8, LD_SO | LD),
    ROW(R_X86_64_64, "absolute", 5, 8, LD_SO | LD),
    ROW(R_X86_64_64, "weak", 0, 8, LD_SO),
    ROW(R_X86_64_64, "malloc", 0, 8, LD_SO),
    ROW(R_X86_64_PC32, "target", 4, 4, LD_SO | LD),
    ROW(R_X86_64_PC32, "target", -4000, 4, LD_SO | LD),
    ROW(R_X86_64_PLT32, "target", -4, 4, LD),
    ROW(R_X86_64_GLOB_DAT, "target", 0, 8, LD_SO),
    ROW(R_X86_64_GLOB_DAT, "malloc", 0, 8, LD_SO),
    ROW(R_X86_64_JUMP_SLOT, "target", 0, 8, LD_SO),
    ROW(R_X86_64_JUMP_SLOT, "malloc", 0, 8, LD_SO),
    ROW(R_X86_64_RELATIVE, "", 0x1234, 8, LD_SO),
    ROW(R_X86_64_32, "absolute", 7, 4, LD_SO | LD),
    ROW(R_X86_64_32S, "absolute", -0x1007, 4, LD),
    ROW(R_X86_64_16, "small", 0x700, 2, LD),
    ROW(R_X86_64_PC16, "target", 0x700, 2, LD),
    ROW(R_X86_64_8, "small", 3, 1, LD),
    ROW(R_X86_64_PC8, "target", 3, 1, LD),
    ROW(R_X86_64_PC64, "target", 3, 8, LD),
    ROW(R_X86_64_SIZE32, "target", 2, 4, LD_SO | LD),
    ROW(R_X86_64_SIZE64, "target", 2, 8, LD_SO | LD),
    ROW(R_X86_64_DTPMOD64, "tls", 0, 8, LD_SO),
    ROW(R_X86_64_DTPMOD64, "", 0, 8, LD_SO),
    ROW(R_X86_64_DTPOFF64, "tls", 3, 8, LD_SO | LD),
    ROW(R_X86_64_TPOFF64, "tls", 3, 8, LD_SO | LD),
    ROW(R_X86_64_TPOFF64, "", 5, 8, LD_SO),
    ROW(R_X86_64_DTPOFF32, "tls", 3, 4, LD),
    ROW(R_X86_64_TPOFF32, "tls", 3, 4, LD),
};

static const char source[] =
    ".globl slot, target, small, absolute, tls\n.set small, 0x41\n.set absolute, 0x12345678\n"
    ".weak weak\n.data\n.balign 64\n.skip 24\n.type target,@object\n.size target,24\n"
    "target: .skip 24,0x11\n.globl other\nother: .quad 0\n"
    "slot: .quad 0x5555555555555555\n.quad 0x6666666666666666\n"
    ".section .tdata,\"awT\",@progbits\n.balign 8\n.quad 1\n.type tls,@tls_object\ntls: .quad 2\n"
    ".data\n.reloc slot, TYPE, SYMBOL+ADDEND\n";

/** Assemble with one relocation; @type as the assembler calls it. */
static bool assemble(const char *type, const char *symbol, long addend)
{
    world_write(&world, "r.S", source);
    return world_run(&world, "gcc -c -DTYPE=%s -DSYMBOL=%s -DADDEND=%ld -o r.o r.S 2>&1", type,
                     symbol, addend);
}

/** libr.so with the relocation of @row: made as one that ld accepts, then its type is changed. */
static const struct elf_object *make_library(const struct row *row)
{
    bool tls = strcmp(row->symbol, "tls") == 0;
    const char *symbol = *row->symbol && !tls ? row->symbol : "target";
    if (!assemble("R_X86_64_64", symbol, row->addend) ||
        !world_run(&world, "ld -shared -Tdata=0x500000 -soname libr.so -o libr.so r.o 2>&1"))
        return NULL;
    const struct elf_object *o = world_parse(&world, "libr.so");
    if (!o || o->relocations.rela_count != 1)
        return NULL;
    Elf64_Rela *r = (Elf64_Rela *)(uintptr_t)o->relocations.rela;
    uint32_t index = 0;
    for (uint32_t i = 1; *row->symbol && i < o->symbols.count; i++)
        if (!strcmp(o->symbols.strings + o->symbols.table[i].st_name, row->symbol))
            index = i;
    r->r_info = ELF64_R_INFO(index, row->type);
    r->r_addend = row->addend;
    memset((void *)(uintptr_t)elf_bytes(o, r->r_offset, 8), 0x55, 8);
    for (Elf64_Dyn *d = (void *)(uintptr_t)elf_bytes(o, o->dynamic, 16); d->d_tag; d++)
        if (d->d_tag == DT_RELACOUNT) /* ld may have made it RELATIVE */
            d->d_tag = DT_DEBUG;
    char path[128];
    snprintf(path, sizeof(path), "%s/libr.so", world_folder(&world));
    FILE *f = fopen(path, "wb");
    if (!f || fwrite(o->file.data, o->file.size, 1, f) != 1 || fclose(f) != 0)
        return NULL;
    return world_parse(&world, "libr.so");
}

/** The word at `slot` after we relocated libr.so alone, at base 0 as ld assumes. */
static bool our_word(const struct elf_object *o, uint64_t *word)
{
    struct elf_set set;
    struct elf_place place = { 0, ELF_UNLINKED, world_alloc(&world, o->image_size) };
    memset(place.image, 0, o->image_size);
    elf_fill(o, place.image);
    elf_set_init(&set, &world.arena);
    if (elf_set_add(&set, o, "libr.so", 0) || elf_set_resolve(&set, &world.report) ||
        elf_set_relocate(&set, &place, NULL, &world.report))
        return false;
    memcpy(word, elf_image_at(o, place.image, elf_lookup(o, "slot")->st_value), 8);
    return true;
}

static void check_ld(const struct row *row)
{
    uint64_t ours, theirs;
    const struct elf_object *o = make_library(row);
    CHECK(o);
    CHECK(our_word(o, &ours));
    CHECK(assemble(row->name, row->symbol, row->addend));
    CHECK(world_run(&world, "ld -Tdata=0x500000 -e 0 -o fixed r.o 2>&1 && "
                            "objcopy -O binary -j .data fixed word.bin"));
    struct elf_file word = world_read(&world, "word.bin");
    CHECK(word.size >= 64);
    memcpy(&theirs, (const char *)word.data + 56, 8);
    if (ours != theirs)
        printf("  %s %s: ours 0x%lx, ld's 0x%lx\n", row->name, row->symbol, ours, theirs);
    CHECK_EQ(ours, theirs);
    if (row->type != R_X86_64_NONE) { /* the field was written, and nothing after it */
        CHECK(memcmp(&ours, "\x55\x55\x55\x55\x55\x55\x55\x55", row->width) != 0);
        CHECK(memcmp((char *)&ours + row->width, "\x55\x55\x55\x55\x55\x55\x55\x55",
                     8 - row->width) == 0);
    }
}

static void check_ld_so(const struct row *row)
{
    struct linked l;
    char path[128];
    snprintf(path, sizeof(path), "%s/program", world_folder(&world));
    CHECK(make_library(row));
    if (access(path, X_OK) != 0) {
        world_write(&world, "program.c", "__thread int x[5] = { 1 }; int main(void) { return 0; }");
        CHECK(world_run(&world, "gcc -o program program.c -Wl,--no-as-needed -L. -lr -Wl,-z,now"));
    }
    setenv("ELF_TEST_LIBRARIES", world_folder(&world), 1);
    CHECK_EQ(load(&world, &l, "program"), 0);
    int different = compare_memory(&world, &l, path);
    if (different)
        printf("  %s %s: %d words differ from ld.so's\n", row->name, row->symbol, different);
    CHECK_EQ(different, 0);
}

WORLD_TEST(against_ld)
{
    for (unsigned i = 0; i < sizeof(rows) / sizeof(rows[0]) && !unit_failed; i++)
        if (rows[i].reference & LD)
            check_ld(&rows[i]);
}

WORLD_TEST(against_ld_so)
{
    for (unsigned i = 0; i < sizeof(rows) / sizeof(rows[0]) && !unit_failed; i++)
        if (rows[i].reference & LD_SO)
            check_ld_so(&rows[i]);
}

/** Values just inside and just outside of their fields. */
WORLD_TEST(overflow)
{
    static const struct {
        unsigned type;
        const char *symbol;
        long addend;
        bool fits;
    } cases[] = {
        { R_X86_64_8, "small", 0xbe, true },
        { R_X86_64_8, "small", 0xbf, false },
        { R_X86_64_16, "small", 0xffff - 0x41, true },
        { R_X86_64_16, "small", 0x10000 - 0x41, false },
        { R_X86_64_32, "absolute", 0xffffffffl - 0x12345678, true },
        { R_X86_64_32, "absolute", 0x100000000l - 0x12345678, false },
        { R_X86_64_32, "absolute", -0x12345679l, false },
        { R_X86_64_32S, "absolute", 0x7fffffffl - 0x12345678, true },
        { R_X86_64_32S, "absolute", 0x80000000l - 0x12345678, false },
        { R_X86_64_32S, "absolute", -0x80000000l - 0x12345678, true },
        { R_X86_64_32S, "absolute", -0x80000001l - 0x12345678, false },
        { R_X86_64_PC8, "target", 127 + 32, true },
        { R_X86_64_PC8, "target", 128 + 32, false },
        { R_X86_64_PC8, "target", -128 + 32, true },
        { R_X86_64_PC8, "target", -129 + 32, false },
        { R_X86_64_PC32, "target", 0x7fffffffl + 32, true },
        { R_X86_64_PC32, "target", 0x80000000l + 32, false },
        { R_X86_64_SIZE32, "target", 0x100000000l, false },
        { R_X86_64_TPOFF32, "tls", 1l << 40, false },
        { R_X86_64_32, "", -1, false },
    };
    for (unsigned i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct row row = { "", cases[i].type, cases[i].symbol, cases[i].addend, 0, 0 };
        uint64_t word;
        const struct elf_object *o = make_library(&row);
        CHECK(o);
        elf_report_init(&world.report, world.text, sizeof(world.text));
        CHECK_EQ(our_word(o, &word), cases[i].fits);
        if (!cases[i].fits)
            CHECK(strstr(world.report.text, *cases[i].symbol ? cases[i].symbol : "no symbol") &&
                  strstr(world.report.text, "0x500038"));
    }
}

/** A type that belongs into object files only, and one that does not exist. */
WORLD_TEST(unknown)
{
    struct row row = { "", R_X86_64_GOTPCREL, "target", 0, 0, 0 };
    CHECK(!make_library(&row));
    CHECK(strstr(world.report.text, "unknown type 9"));
    row.type = 200;
    CHECK(!make_library(&row));
    CHECK(strstr(world.report.text, "unknown type 200"));
}

/** IRELATIVE and references to indirect functions are left to the task, and listed. */
WORLD_TEST(indirect)
{
    world_write(&world, "i.c",
                "static int one(void) { return 1; } static int (*pick(void))(void) { return one; "
                "}\n"
                "int chosen(void) __attribute__((ifunc(\"pick\")));\n"
                "static int hidden(void) __attribute__((ifunc(\"pick\")));\n"
                "int (*p)(void) = chosen; int (*h)(void) = hidden; int i(void) { return "
                "chosen(); }");
    CHECK(world_run(&world, "gcc -shared -fPIC -O1 -nostdlib -o libi.so -Wl,-soname,libi.so i.c"));
    world_write(&world, "program.c", "extern int chosen(void); int (*q)(void) = chosen;"
                                     "int main(void) { return chosen(); }");
    CHECK(world_run(&world, "gcc -pie -fPIC -o program program.c -L. -li"));
    setenv("ELF_TEST_LIBRARIES", world_folder(&world), 1);
    struct linked l;
    char path[128];
    unsigned here = 0, there = 0;
    CHECK_EQ(load(&world, &l, "program"), 0);
    int lib = elf_set_find(&l.set, "libi.so");
    uint64_t pick = 0;
    for (uint32_t i = 0; i < l.set.ifunc_count; i++) {
        const struct elf_ifunc *f = &l.set.ifuncs[i];
        if (f->resolver_object != (uint32_t)lib)
            continue;
        here += f->object == (uint32_t)lib;
        there += f->object == 0;
        pick = f->resolver;
    }
    CHECK(here >= 2 && there >= 1);
    const Elf64_Sym *chosen = elf_lookup(l.set.members[lib].object, "chosen");
    CHECK(chosen && chosen->st_value == pick);
    snprintf(path, sizeof(path), "%s/program", world_folder(&world));
    CHECK_EQ(compare_memory(&world, &l, path), 0);
}

UNIT_MAIN(T(against_ld), T(against_ld_so), T(overflow), T(unknown), T(indirect))
