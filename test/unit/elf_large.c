/* SPDX-License-Identifier: BSD-2-Clause */
/* Row X19: a thousand sections, a hundred libraries, long names: works, nothing cut. And files made
 * to take for ever are refused. */
#include "elf/support.h"
#include <time.h>

/** Pages with and without text relocations take turns. */
WORLD_TEST(thousand_sections)
{
    world_write(&world, "s.s", ".text\n.balign 4096\n.rept 501\n.quad target\n.skip 8184\n.endr\n");
    CHECK(world_run(&world, "gcc -shared -nostdlib -Wl,-z,notext -o libs.so s.s 2>&1"));
    const struct elf_object *o = world_parse(&world, "libs.so");
    CHECK_STR(world.report.text, "");
    CHECK(o->section_count > 1000);
    CHECK_EQ(o->relocations.text_page_count, 501);
    uint64_t image = 0;
    for (uint32_t i = 0; i < o->section_count; i++) {
        const struct elf_section *s = &o->sections[i];
        CHECK(i == 0 || s->vaddr >= s[-1].vaddr + s[-1].size);
        if (s->kind != ELF_WRITTEN)
            continue;
        CHECK_EQ(s->offset, image);
        image += s->size;
    }
    CHECK_EQ(image, o->image_size);
}

/** lib0 needs lib1 needs ... lib100 needs lib0; the word in each is the address of the next's. */
WORLD_TEST(hundred_libraries)
{
    enum { COUNT = 101, NAME = 5000 };
    world_write(&world, "make.sh",
                "for i in $(seq 0 100); do n=$1$i; m=$1$(((i + 1) % 101))\n"
                "printf '.data\\n.globl %s\\n.size %s,8\\n%s: .quad %s\\n' $n $n $n $m >x.s\n"
                "as -o x$i.o x.s && ld -shared -soname lib$i.so -o lib$i.so x$i.o || exit 1; done\n"
                "for i in $(seq 0 100); do ld -shared -soname lib$i.so -o lib$i.so x$i.o "
                "--no-as-needed lib$(((i + 1) % 101)).so || exit 1; done\ncp lib0.so program\n");
    CHECK(world_run(&world, "sh make.sh $(printf 'n%%0%dd_' 0) 2>&1", NAME));
    setenv("ELF_TEST_LIBRARIES", world_folder(&world), 1);
    struct linked l;
    uint32_t order[COUNT];
    CHECK_EQ(load(&world, &l, "program"), 0); /* known as lib0.so, too: by its soname */
    CHECK_EQ(l.set.count, COUNT);
    CHECK_EQ(elf_set_order(&l.set, order), 0);
    for (uint32_t i = 0; i < l.set.count; i++)
        l.places[i].base = 0x10000000ull * (i + 1);
    CHECK_EQ(elf_set_relocate(&l.set, l.places, NULL, &world.report), 0);

    for (uint32_t i = 0; i < COUNT; i++) {
        char name[NAME + 32];
        uint64_t word, next = (i + 1) % COUNT;
        snprintf(name, sizeof(name), "n%0*d_%u", NAME, 0, i);
        const Elf64_Sym *sym = elf_lookup(l.set.members[i].object, name);
        CHECK(sym);
        memcpy(&word, elf_image_at(l.set.members[i].object, l.places[i].image, sym->st_value), 8);
        snprintf(name, sizeof(name), "n%0*d_%lu", NAME, 0, next);
        sym = elf_lookup(l.set.members[next].object, name);
        CHECK(sym && word == l.places[next].base + sym->st_value);
    }
    for (uint32_t i = 0; i < COUNT; i++) /* needed ones first, the program last, though in a ring */
        CHECK_EQ(order[i], COUNT - 1 - i);
}

/** A symbol with a name of 100 000 characters is missing: the report has all of them. */
WORLD_TEST(long_name)
{
    static char name[100001], buffer[200000];
    memset(name, 'q', 100000);
    world_write(&world, "n.s", "");
    CHECK(world_run(&world, "n=$(printf '%%0100000d' 0 | tr 0 q); echo \".data; .quad $n\" >n.s; "
                            "gcc -shared -nostdlib -o libn.so n.s"));
    const struct elf_object *o = world_parse(&world, "libn.so");
    struct elf_report report;
    struct elf_set set;
    CHECK(o);
    elf_report_init(&report, buffer, sizeof(buffer));
    elf_set_init(&set, &world.arena);
    CHECK_EQ(elf_set_add(&set, o, "libn.so", 0), 0);
    CHECK_EQ(elf_set_resolve(&set, &report), -ERR_EUNDEFINED);
    CHECK(strstr(report.text, name));
    CHECK_EQ(report.lost, 0);
}

/** 6000 symbols, each referred to. */
static const struct elf_object *many_symbols(void)
{
    world_write(&world, "m.s", ".altmacro\n.macro one n\n.globl sym\\n\nsym\\n: .quad "
                               "sym\\n\n.endm\n"
                               ".data\n.set i, 0\n.rept 6000\none %i\n.set i, i+1\n.endr\n");
    if (!world_run(&world, "gcc -shared -nostdlib -Wl,--hash-style=sysv -o libm.so m.s"))
        return NULL;
    return world_parse(&world, "libm.so");
}

static int resolve_error(const struct elf_object *o)
{
    struct elf_set set;
    elf_set_init(&set, &world.arena);
    int error = elf_set_add(&set, o, "libm.so", 0);
    return error ? error : elf_set_resolve(&set, &world.report);
}

/** All symbols in one chain of the hash table. */
WORLD_TEST(one_long_chain)
{
    const struct elf_object *o = many_symbols();
    CHECK(o);
    CHECK_EQ(resolve_error(o), 0);
    uint32_t *table = (uint32_t *)(uintptr_t)o->symbols.sysv_buckets - 2, count = table[1];
    table[0] = 1;
    table[2] = 1;
    for (uint32_t i = 0; i < count; i++)
        table[3 + i] = i && i + 1 < count ? i + 1 : 0;
    struct elf_file file = o->file;
    CHECK_EQ(elf_parse(&file, &world.arena, &o, &world.report), 0);
    clock_t start = clock();
    CHECK_EQ(resolve_error(o), -ERR_ECOMPLEX);
    CHECK(clock() - start < 5 * CLOCKS_PER_SEC);
}

/** All names share one long tail. */
WORLD_TEST(overlapping_names)
{
    const struct elf_object *o = many_symbols();
    CHECK(o);
    char *strings = (char *)(uintptr_t)o->symbols.strings;
    for (uint64_t i = 1; i + 1 < o->symbols.strings_size; i++)
        strings[i] = 'x';
    struct elf_file file = o->file;
    clock_t start = clock();
    CHECK_EQ(elf_parse(&file, &world.arena, &o, &world.report), -ERR_ECOMPLEX);
    CHECK(clock() - start < 5 * CLOCKS_PER_SEC);
}

UNIT_MAIN(T(thousand_sections), T(hundred_libraries), T(long_name), T(one_long_chain),
          T(overlapping_names))
