/* SPDX-License-Identifier: BSD-2-Clause */
/* Rows X02, X04, X06, X07: small sets made on the spot, against the host's ld.so. */
#include "elf/reference.h"

/** A shared library NAME from source text; @more: flags and libraries it needs. */
static bool library(const char *name, const char *source, const char *more)
{
    char file[64];
    snprintf(file, sizeof(file), "%s.c", name);
    world_write(&world, file, source);
    return world_run(&world, "gcc -shared -fPIC -O1 -nostdlib -Wl,-soname,lib%s.so,--no-as-needed "
                             "-L. -Wl,-rpath-link,. -o lib%s.so %s %s "
                             "2>&1", name, name, file, more);
}

/** A program that ends at once; libc is only there so that it can run. */
static bool program(const char *source, const char *more)
{
    world_write(&world, "program.c", source);
    return world_run(&world, "gcc -O1 -Wl,--no-as-needed,-z,now -L. -Wl,-rpath-link,. -o program "
                             "program.c %s 2>&1", more);
}

/** The set is bound and filled as ld.so does it. */
static void check_equal(unsigned at_least)
{
    struct linked l;
    char path[128];
    snprintf(path, sizeof(path), "%s/program", world_folder(&world));
    setenv("ELF_TEST_LIBRARIES", world_folder(&world), 1);
    int error = load(&world, &l, "program");
    CHECK_STR(world.report.text, "");
    CHECK_EQ(error, 0);
    struct comparison c = compare_bindings(&world, &l, "./program");
    CHECK_EQ(c.different, 0);
    CHECK_EQ(c.ours_only, 0);
    CHECK(c.equal >= at_least);
    CHECK_EQ(compare_memory(&world, &l, path), 0);
}

/** X02: a diamond, a cycle, and the same name in all: the order of the members is ld.so's. */
WORLD_TEST(breadth_first)
{
    static const char one[] = "int who(void) { return 1; } int a_only = 7;";
    CHECK(library("deep", "int who(void) { return 4; } int deep(void) { return who(); }", ""));
    CHECK(library("left", "extern int deep(void); int left(void) { return deep(); }", "-ldeep"));
    CHECK(library("right", "int who(void) { return 3; } int right(void) { return who(); }", ""));
    CHECK(library("mid", one, "-lleft -lright"));
    CHECK(library("left", "extern int deep(void), who(void); int left(void) { return deep(); }"
                          "int (*w)(void) = who;", "-ldeep -lmid"));
    CHECK(program("extern int left(void), right(void), who(void); int (*p)(void) = who;"
                  "int main(void) { return left() - right(); }", "-lright -lmid -lleft"));
    check_equal(5);

    struct linked l;
    CHECK_EQ(load(&world, &l, "program"), 0);
    char *names = world_run(&world, "LD_LIBRARY_PATH=. LD_TRACE_LOADED_OBJECTS=1 ./program | "
                                    "awk '/=>/ {print $1} /^.[/]/ {print $1}' | grep -v vdso");
    CHECK(names);
    unsigned n = 0;
    for (char *line = strtok(names, "\n"); line; line = strtok(NULL, "\n")) {
        char *base = strrchr(line, '/') ? strrchr(line, '/') + 1 : line;
        CHECK(++n < l.set.count);
        CHECK_STR(l.set.members[n].name, base);
    }
    CHECK_EQ(n + 1, l.set.count);
}

/** X06: weak does not lose to a later strong one, protected and hidden ones stay at home, an
 *  undefined weak is 0, the program comes first. */
WORLD_TEST(search_order)
{
    CHECK(library("a", "__attribute__((weak)) int twice(void) { return 1; }"
                       "__attribute__((visibility(\"protected\"))) int prot(void) { return 1; }"
                       "__attribute__((visibility(\"hidden\"))) int hid(void) { return 1; }"
                       "extern int nowhere(void) __attribute__((weak)); extern int nodata "
                       "__attribute__((weak));"
                       "int (*all[])(void) = { twice, prot, hid, nowhere }; int *d = &nodata;"
                       "int a(void) { return twice() + prot() + hid() + (nowhere ? nowhere() : "
                       "0); }", ""));
    CHECK(library("b", "int twice(void) { return 2; } int prot(void) { return 2; }"
                       "int hid(void) { return 2; } int mine(void) { return 2; }"
                       "int b(void) { return twice() + prot() + hid() + mine(); }", "-la"));
    CHECK(library("s", "int twice(void) { return 3; } int self(void) { return 3; }"
                       "int c(void) { return twice() + self(); } int (*p)(void) = twice;",
                  "-Wl,-Bsymbolic"));
    CHECK(program("extern int a(void), b(void), c(void), twice(void); int mine(void) { return 9; }"
                  "int self(void) { return 9; } int (*const t)(void) = twice;"
                  "int main(void) { return a() + b() + c() + t(); }", "-rdynamic -lb -ls -la"));
    check_equal(8);
}

/** X06: COPY, and functions with an address in a fixed program, compared and called. */
WORLD_TEST(copy)
{
    CHECK(library("data", "int base_data = 5; int *shared[4] = { &base_data, &base_data }; int "
                          "big[100];"
                          "const char *const text[2] = { \"x\", \"y\" };"
                          "int f(void) { return *shared[0] + big[1]; } int (*fp)(void) = f;"
                          "int call(int (*g)(void)) { return g == f && fp == f; }"
                          "int g(void) { return f(); }", ""));
    CHECK(library("user", "extern int *shared[4]; extern int f(void); int **u = shared;"
                          "int user(void) { return f() + *shared[0]; }", "-ldata"));
    CHECK(program("extern int *shared[4], big[100]; extern const char *const text[2];"
                  "extern int f(void), user(void), call(int (*)(void));"
                  "int main(void) { return shared[0][0] + big[1] + text[0][0] + f() + user() +"
                  " call(f); }", "-no-pie -fno-pie -luser -ldata"));
    struct linked l;
    CHECK_EQ(load(&world, &l, "program"), 0);
    CHECK_EQ(l.set.copy_count, 3);
    CHECK(l.set.members[0].object->fixed);
    CHECK(l.set.members[0].calls != l.set.members[0].bindings);
    check_equal(8);
}

/** Thread-local data of program and libraries, also with alignment and an odd start. */
WORLD_TEST(thread_local_data)
{
    CHECK(library("t1", "__thread int x = 1; __thread char big[100] __attribute__((aligned(16)));"
                        "int *t1(void) { return &x + big[0]; }", ""));
    CHECK(library("t2", "extern __thread int x; __thread short y = 3; static __thread long z;"
                        "int *t2(void) { z++; return &x + y; }", "-ftls-model=initial-exec -lt1"));
    CHECK(program("extern __thread int x; extern __thread short y; __thread char mine[3] = \"ab\";"
                  "extern int *t1(void), *t2(void);"
                  "int main(void) { return *t1() + *t2() + x + y + mine[0]; }", "-lt1 -lt2"));
    check_equal(3);

    struct linked l;
    struct elf_set again;
    uint64_t below = 0;
    unsigned modules = 0;
    CHECK(library("t2", "__thread char y[65] __attribute__((aligned(128)));"
                        "int *t2(void) { return (int *)y; }", "-lt1"));
    CHECK(library("t1", "__thread int x[3] __attribute__((aligned(16))); int *t1(void) { return "
                        "x; }", ""));
    CHECK_EQ(load(&world, &l, "program"), 0);
    for (uint32_t i = 0; i < l.set.count; i++) /* a start that is not aligned is kept unaligned */
        if (strcmp(l.set.members[i].name, "libt1.so") == 0)
            ((struct elf_object *)(uintptr_t)l.set.members[i].object)->tls.vaddr += 4;
    elf_set_init(&again, &world.arena);
    for (uint32_t i = 0; i < l.set.count; i++)
        elf_set_add(&again, l.set.members[i].object, l.set.members[i].name, 0);
    CHECK_EQ(elf_set_resolve(&again, &world.report), 0);
    l.set = again;
    for (uint32_t i = 0; i < l.set.count; i++) {
        const struct elf_member *m = &l.set.members[i];
        const struct elf_tls *tls = &m->object->tls;
        CHECK_EQ(m->tls_module, tls->memsz ? ++modules : 0);
        if (!tls->memsz)
            continue;
        CHECK(m->tls_offset >= below + tls->memsz);
        CHECK_EQ((-m->tls_offset - tls->vaddr) % tls->align, 0);
        below = m->tls_offset;
    }
    CHECK_EQ(below, l.set.tls_size);
    CHECK_EQ(l.set.tls_align, 128);
    CHECK(modules >= 4);
}

/** The version of libv's f to which the member @name is bound. */
static const char *bound_version(const struct linked *l, const char *name)
{
    int from = elf_set_find(&l->set, name), v = elf_set_find(&l->set, "libv.so");
    const struct elf_member *m = &l->set.members[from];
    const struct elf_symbols *s = &l->set.members[v].object->symbols;
    for (uint32_t i = 0; i < m->object->reference_count; i++) {
        const struct elf_binding *b = &m->bindings[m->object->references[i].symbol];
        if (b->object == (uint32_t)v &&
            strcmp(s->strings + s->table[b->symbol].st_name, "f") == 0)
            return s->versions[s->version_of[b->symbol] & 0x7fff].name;
    }
    return NULL;
}

/** Versions: the one asked for; the default one for those linked lately; the oldest for those that
 *  were linked before there were versions. With both kinds of hash tables. */
WORLD_TEST(versions)
{
    static const char *const styles[] = { "-Wl,--hash-style=gnu", "-Wl,--hash-style=sysv" };
    for (unsigned i = 0; i < 2; i++) {
        char flags[128];
        snprintf(flags, sizeof(flags), "-Wl,--version-script,v.map %s", styles[i]);
        world_write(&world, "v.map", "V1 { global: f; local: *; }; V2 { global: f; g; } V1;"
                                     "V3 { global: f; } V2;");
        CHECK(library("v", "int f(void) { return 0; }", styles[i]));
        CHECK(library("older", "extern int f(void); int older(void) { return f(); }", "-lv"));
        CHECK(library("v", "int f1(void) { return 1; } int f2(void) { return 2; }"
                           "int f3(void) { return 3; } int g(void) { return 3; }"
                           "__asm__(\".symver f1, f@V1\"); __asm__(\".symver f3, f@@V3\");"
                           "__asm__(\".symver f2, f@V2\");", flags));
        CHECK(library("old", "extern int f(void); __asm__(\".symver f, f@V2\");"
                             "int old(void) { return f(); } int (*p)(void) = f;", "-lv"));
        CHECK(library("new", "extern int f(void), g(void); int new(void) { return f() + g(); "
                             "}", "-lv"));
        CHECK(program("extern int old(void), new(void), older(void);"
                      "int main(void) { return 10 * old() + new() + older(); }",
                      "-lold -lnew -lolder"));
        check_equal(5);
        struct linked l;
        CHECK_EQ(load(&world, &l, "program"), 0);
        CHECK_STR(bound_version(&l, "libolder.so"), "V1");
        CHECK_STR(bound_version(&l, "libold.so"), "V2");
        CHECK_STR(bound_version(&l, "libnew.so"), "V3");
        const struct elf_object *v = l.set.members[elf_set_find(&l.set, "libv.so")].object;
        uint32_t newest = elf_lookup(v, "f") - v->symbols.table;
        CHECK_STR(v->symbols.versions[v->symbols.version_of[newest] & 0x7fff].name, "V3");
    }
}

/** X07: one report names every symbol and every object, and every missing library. */
WORLD_TEST(unresolved)
{
    CHECK(library("gone", "int gone(void) { return 1; }", ""));
    CHECK(library("u1", "extern int gone(void), nope(void); extern int nodata; int *p = &nodata;"
                        "int u1(void) { return gone() + nope(); }", "-lgone"));
    CHECK(library("u2", "extern int nope2(void); int u2(void) { return nope2(); }", ""));
    CHECK(program("extern int u1(void), u2(void); int main(void) { return u1() + u2(); }",
                  "-Wl,--unresolved-symbols=ignore-all -lu1 -lu2"));
    CHECK(world_run(&world, "rm libgone.so"));
    setenv("ELF_TEST_LIBRARIES", world_folder(&world), 1);
    struct linked l;
    CHECK_EQ(load(&world, &l, "program"), -ERR_ENOLIB);
    const char *t = world.report.text;
    CHECK(strstr(t, "libu1.so: library libgone.so is missing\n"));
    CHECK(strstr(t, "libu1.so: undefined symbol gone\n"));
    CHECK(strstr(t, "libu1.so: undefined symbol nope\n"));
    CHECK(strstr(t, "libu1.so: undefined symbol nodata\n"));
    CHECK(strstr(t, "libu2.so: undefined symbol nope2\n"));
    CHECK_EQ(world.report.findings, 5);
    CHECK_EQ(world.report.lost, 0);

    /* a small buffer gets whole lines and says how many are lost */
    char small[120];
    struct elf_set again;
    struct elf_report report;
    elf_report_init(&report, small, sizeof(small));
    elf_set_init(&again, &world.arena);
    for (uint32_t i = 0; i < l.set.count; i++)
        CHECK_EQ(elf_set_add(&again, l.set.members[i].object, l.set.members[i].name, 0), i);
    CHECK_EQ(elf_set_resolve(&again, &report), -ERR_ENOLIB);
    CHECK_EQ(report.findings, 5);
    CHECK(report.lost > 0 && report.lost < 5);
    CHECK(small[strlen(small) - 1] == '\n');
}

/** Design rule 11: libloader.so stands alone, and nobody can bend its symbols. */
WORLD_TEST(alone)
{
    CHECK(library("x", "int x(void) { return 1; }", ""));
    CHECK(library("good", "int f(void) { return 1; } int g(void) { return f(); } int (*p)(void) "
                          "= f;", ""));
    CHECK(library("bad", "extern int x(void), y(void); int g(void) { return x() + y(); }", "-lx"));
    const struct elf_object *good = world_parse(&world, "libgood.so");
    const struct elf_object *bad = world_parse(&world, "libbad.so");
    CHECK(good && bad);
    CHECK_EQ(elf_standalone(good, &world.report), 0);
    CHECK_EQ(elf_standalone(bad, &world.report), -ERR_ENOTSTANDALONE);
    CHECK(strstr(world.report.text, "needs library libx.so\n"));
    CHECK(strstr(world.report.text, "needs symbol x\n"));
    CHECK(strstr(world.report.text, "needs symbol y\n"));

    CHECK(program("int f(void) { return 2; } int main(void) { return f(); }", "-rdynamic -lgood"));
    for (unsigned flags = 0; flags <= ELF_MEMBER_ALONE; flags++) {
        struct elf_set set;
        struct elf_report report;
        char text[4096];
        elf_report_init(&report, text, sizeof(text));
        elf_set_init(&set, &world.arena);
        CHECK_EQ(elf_set_add(&set, world_parse(&world, "program"), "program", 0), 0);
        CHECK_EQ(elf_set_add(&set, good, "libgood.so", flags), 1);
        CHECK_EQ(load_needed(&world, &set), 0);
        CHECK_EQ(elf_set_resolve(&set, &report), 0);
        uint32_t f = elf_lookup(good, "f") - good->symbols.table;
        CHECK_EQ(set.members[1].bindings[f].object, flags ? 1 : 0);
    }
}

/** Constructors: each object after what it needs; the order among others is ld.so's. */
WORLD_TEST(order)
{
    static const char *const libs[][2] = {
        { "E", "-lc" },         { "D", "-lE -lc" }, { "C", "-lc" },
        { "B", "-lC -lD -lc" }, { "A", "-lD -lc" },
    };
    for (unsigned i = 0; i < 5; i++) {
        char source[256];
        snprintf(source, sizeof(source),
                 "#include <stdio.h>\nstatic void __attribute__((constructor)) c(void)"
                 "{ puts(\"lib%s.so\"); fflush(stdout); }", libs[i][0]);
        CHECK(library(libs[i][0], source, libs[i][1]));
    }
    CHECK(program("int main(void) { return 0; }", "-lA -lB"));
    setenv("ELF_TEST_LIBRARIES", world_folder(&world), 1);
    struct linked l;
    uint32_t order[16];
    CHECK_EQ(load(&world, &l, "program"), 0);
    CHECK(l.set.count == 8);
    CHECK_EQ(elf_set_order(&l.set, order), 0);
    char ours[256] = "";
    for (uint32_t i = 0; i < l.set.count; i++)
        if (strlen(l.set.members[order[i]].name) == 7 && order[i] != 0)
            strcat(strcat(ours, l.set.members[order[i]].name), "\n");
    CHECK_EQ(order[l.set.count - 1], 0);
    CHECK_STR(ours, world_run(&world, "LD_LIBRARY_PATH=. ./program"));
}

/** X04: what a second step after a move makes is what a first one at the new place would have made;
 *  no look-up; and it writes no more than it must. */
WORLD_TEST(second_step)
{
    CHECK(library("p", "int far[5000] = { 7 }; int pd = 1; int pf(void) { return pd; }"
                       "int *self[2] = { &pd, &pd }; int farther[5000];", ""));
    CHECK(library("q", "extern int pd, pf(void); int *qp = &pd; static int own; int *qs = &own;"
                       "int qf(void) { return pf(); }", "-Wl,-z,pack-relative-relocs -lp"));
    CHECK(program("extern int pd, qf(void), *self[2], far[5000], farther[5000]; int *x = &pd;"
                  "int main(void) { return *x + qf() + *self[0] + far[1] + farther[1]; }",
                  "-no-pie -fno-pie -lq -lp"));
    setenv("ELF_TEST_LIBRARIES", world_folder(&world), 1);
    struct linked l, fresh;
    CHECK_EQ(load(&world, &l, "program"), 0);
    CHECK_EQ(load(&world, &fresh, "program"), 0);
    uint32_t p = elf_set_find(&l.set, "libp.so");
    uint64_t lookups = l.set.lookups;
    unsigned char *keep[16];
    struct elf_counts first = { 0, 0 }, none = { 0, 0 }, second = { 0, 0 };

    for (uint32_t i = 1; i < l.set.count; i++)
        l.places[i].base = fresh.places[i].base = 0x10000000ull * (i + 1);
    CHECK_EQ(elf_set_relocate(&l.set, l.places, &first, &world.report), 0);
    CHECK_EQ(elf_set_relocate(&l.set, l.places, &none, &world.report), 0);
    CHECK_EQ(none.relocations, 0);

    /* only what is said to be touched is there the second time */
    for (uint32_t i = 0; i < l.set.count; i++) {
        struct elf_range r = elf_set_touched(&l.set, i);
        const struct elf_object *o = l.set.members[i].object;
        CHECK(r.end <= o->image_size && r.start % ELF_PAGE_SIZE == 0 && r.end % ELF_PAGE_SIZE == 0);
        unsigned char *part = world_alloc(&world, r.end - r.start + 1);
        memcpy(part, (char *)l.places[i].image + r.start, r.end - r.start);
        keep[i] = l.places[i].image;
        l.places[i].image = part - r.start;
    }
    l.places[p].base = fresh.places[p].base = 0x7e0000000000;
    CHECK_EQ(elf_set_relocate(&l.set, l.places, &second, &world.report), 0);
    CHECK_EQ(elf_set_relocate(&fresh.set, fresh.places, NULL, &world.report), 0);
    for (uint32_t i = 0; i < l.set.count; i++) {
        struct elf_range r = elf_set_touched(&l.set, i);
        memcpy(keep[i] + r.start, (char *)l.places[i].image + r.start, r.end - r.start);
        l.places[i].image = keep[i];
        CHECK_EQ(l.places[i].linked, l.places[i].base);
        CHECK(memcmp(l.places[i].image, fresh.places[i].image,
                     l.set.members[i].object->image_size) == 0);
    }
    CHECK_EQ(l.set.lookups, lookups);

    /* a member without image is left alone, and so are copies from it */
    void *image = l.places[p].image;
    l.places[p].image = NULL;
    l.places[p].base += 0x1000;
    CHECK_EQ(elf_set_relocate(&l.set, l.places, NULL, &world.report), 0);
    CHECK(memcmp(image, fresh.places[p].image, l.set.members[p].object->image_size) == 0);
    /* libp: its two RELATIVE and references to itself; libq: pf, pd moved to the program */
    CHECK(second.relocations >= 3 && second.relocations < 12);
    CHECK(second.relocations < first.relocations / 10);
}

/** Text relocations: refused unannounced; announced, they unshare only their pages (X10). */
WORLD_TEST(text_relocations)
{
    world_write(&world, "s.s", ".globl f\n.text\n.balign 4096\nf: .skip 8188,0x90\n.quad target\n"
                               ".skip 9000,0x90\n");
    CHECK(world_run(&world, "gcc -shared -nostdlib -Wl,-z,notext -o libs.so s.s 2>&1"));
    const struct elf_object *over = world_parse(&world, "libs.so");
    CHECK(over);
    CHECK_EQ(over->relocations.text_page_count, 2); /* one word over a page's end */

    world_write(&world, "t.s", ".globl f\n.text\n.type f,@function\nf: ret\n.skip 20000,0x90\n"
                               ".quad target\n.skip 20000,0x90\n");
    CHECK(world_run(&world, "gcc -shared -nostdlib -Wl,-z,notext -o libt.so t.s 2>&1"));
    const struct elf_object *o = world_parse(&world, "libt.so");
    CHECK_STR(world.report.text, "");
    CHECK(o->text_relocations);
    CHECK_EQ(o->relocations.text_page_count, 1);
    unsigned written = 0;
    for (uint32_t i = 0; i < o->section_count; i++)
        if (o->sections[i].flags & ELF_SECTION_TEXTREL) {
            CHECK_EQ(o->sections[i].size, ELF_PAGE_SIZE);
            CHECK_EQ(o->sections[i].rights, PF_R | PF_X);
            CHECK(o->sections[i - 1].kind == ELF_SHARED && o->sections[i + 1].kind == ELF_SHARED);
            CHECK_EQ(o->sections[i - 1].vaddr + o->sections[i - 1].size, o->sections[i].vaddr);
            written++;
        }
    CHECK_EQ(written, 1);

    struct elf_file file = o->file;
    Elf64_Dyn *d = (void *)((char *)file.data + ((const char *)elf_bytes(o, o->dynamic, 16) -
                                                 (const char *)file.data));
    for (; d->d_tag; d++)
        if (d->d_tag == DT_TEXTREL || d->d_tag == DT_FLAGS)
            d->d_tag = DT_DEBUG;
    CHECK_EQ(elf_parse(&file, &world.arena, &o, &world.report), -ERR_ECORRUPT);
    CHECK(strstr(world.report.text, "read-only segment"));
}

/** What exec asks a set for. */
WORLD_TEST(exports)
{
    CHECK(library("mm", "int multiboot_main(void) { return 1; }", ""));
    CHECK(program("int main(void) { return 0; }", "-Wl,--export-dynamic-symbol=main -lmm"));
    setenv("ELF_TEST_LIBRARIES", world_folder(&world), 1);
    struct linked l;
    struct elf_binding b;
    CHECK_EQ(load(&world, &l, "program"), 0);
    CHECK_EQ(elf_set_export(&l.set, "main", &b), 0);
    CHECK_EQ(b.object, 0);
    CHECK_EQ(elf_set_export(&l.set, "multiboot_main", &b), 0);
    CHECK_STR(l.set.members[b.object].name, "libmm.so");
    CHECK_EQ(b.value, elf_lookup(l.set.members[b.object].object, "multiboot_main")->st_value);
    CHECK_EQ(elf_set_export(&l.set, "not_there", &b), -ERR_ENOENT);
    CHECK_EQ(elf_set_find(&l.set, "libnone.so"), -ERR_ENOENT);
    CHECK(world_run(&world, "gcc -no-pie -o fixed program.c"));
    CHECK_EQ(elf_set_add(&l.set, world_parse(&world, "fixed"), "fixed", 0), -ERR_EWRONGTYPE);
}

UNIT_MAIN(T(breadth_first), T(search_order), T(copy), T(thread_local_data), T(versions),
          T(unresolved), T(alone), T(order), T(second_step), T(text_relocations), T(exports))
