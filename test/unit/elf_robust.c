/* SPDX-License-Identifier: BSD-2-Clause */
/* Row X17: hostile files. Each class of damage is refused; no prefix and no flipped bit of a file
 * does harm; nothing takes long. */
#include "elf/exercise.h"
#include "elf/support.h"
#include <time.h>

/** A good library and its need; a copy to damage. */
static struct elf_file original;
static const struct elf_object *need;
static unsigned char *copy;

static bool make_files(void)
{
    world_write(&world, "need.map", "NEED_1 { global: *; };");
    world_write(&world, "need.c", "int from_need(void) { return 1; } int data_need[4]; __thread "
                                  "int tls_need;"
                                   "void *__tls_get_addr(void *x) { return x; }");
    world_write(&world, "good.map", "GOOD_1 { global: answer; }; GOOD_2 { global: *; } GOOD_1;");
    world_write(&world, "good.c",
        "extern int from_need(void), data_need[4]; extern __thread int tls_need; __thread long "
        "local = 3;\n"
        "static int one(void) { return 1; } static int (*pick(void))(void) { return one; }\n"
        "static int quick(void) __attribute__((ifunc(\"pick\"))); int bss[5000];\n"
        "int *w[3] = { data_need, data_need + 1, 0 }; const char *const names[40] = { \"a\", "
        "\"b\" };\n"
        "static void start(void) { } __attribute__((section(\".init_array\"), used)) void "
        "(*i)(void) = start;\n"
        "int (*volatile q)(void) = quick;\n"
        "int answer(void) { return from_need() + tls_need + local + *w[1] + names[1][0] + "
        "quick(); }\n");
    if (!world_run(&world, "gcc -shared -fPIC -nostdlib -Wl,--version-script,need.map,-soname,"
                           "libneed.so -o libneed.so need.c") ||
        !world_run(&world, "gcc -shared -fPIC -O1 -nostdlib -Wl,--hash-style=both,--build-id,"
                           "--version-script,good.map,-soname,libgood.so,-z,pack-relative-relocs "
                           "-o libgood.so good.c -Wl,--no-as-needed -L. -lneed"))
        return false;
    original = world_read(&world, "libgood.so");
    need = world_parse(&world, "libneed.so");
    copy = world_alloc(&world, original.size);
    memcpy(copy, original.data, original.size);
    return need != NULL;
}

static Elf64_Phdr *ph(unsigned type, unsigned nth)
{
    Elf64_Ehdr *h = (void *)copy;
    Elf64_Phdr *p = (void *)(copy + h->e_phoff);
    while (p->p_type != type || nth-- != 0)
        p++;
    return p;
}

static void *at(uint64_t vaddr)
{
    for (unsigned i = 0;; i++) {
        Elf64_Phdr *p = ph(PT_LOAD, i);
        if (vaddr - p->p_vaddr < p->p_filesz)
            return copy + p->p_offset + (vaddr - p->p_vaddr);
    }
}

static Elf64_Dyn *dyn(int64_t tag)
{
    Elf64_Dyn *d = at(ph(PT_DYNAMIC, 0)->p_vaddr);
    while (d->d_tag != tag)
        d++;
    return d;
}

#define VAL(tag) (dyn(tag)->d_un.d_val)
static Elf64_Rela *rela(unsigned type)
{
    Elf64_Rela *r = at(VAL(DT_RELA)), *end = r + VAL(DT_RELASZ) / sizeof(*r);
    while (r < end && ELF64_R_TYPE(r->r_info) != type)
        r++;
    if (r == end)
        for (r = at(VAL(DT_JMPREL)); ELF64_R_TYPE(r->r_info) != type; r++)
            ;
    return r;
}

static void retype(Elf64_Rela *r, unsigned type)
{
    r->r_info = ELF64_R_INFO(ELF64_R_SYM(r->r_info), type);
}

static Elf64_Sym *sym(unsigned index)
{
    return (Elf64_Sym *)at(VAL(DT_SYMTAB)) + index;
}

static Elf64_Sym *sym_of_type(unsigned type)
{
    Elf64_Sym *s = sym(1);
    while (ELF64_ST_TYPE(s->st_info) != type || s->st_shndx == 0)
        s++;
    return s;
}

static uint32_t *gnu(void) { return at(VAL(DT_GNU_HASH)); }
static uint32_t *gnu_buckets(void) { return gnu() + 4 + 2 * gnu()[2]; }
static uint32_t *sysv(void) { return at(VAL(DT_HASH)); }
static uint32_t *sysv_chain(void) { return sysv() + 2 + sysv()[0]; }

/** Set a number in the dynamic section to a tag nobody knows. */
static void drop(int64_t tag) { dyn(tag)->d_tag = 0x6fff0000; }

static int result(void)
{
    struct elf_file file = world_bytes(&world, "damaged", copy, original.size);
    int error = exercise(&file, need);
    memcpy(copy, original.data, original.size);
    return error;
}

/** A damaged file must be refused; if this one is not, say which. */
#define BAD(change)                                   \
    do {                                              \
        change;                                       \
        int got = result();                           \
        if (got >= 0)                                 \
            printf("  accepted: %s\n", #change);      \
        CHECK(got < 0);                               \
    } while (0)
#define FINE(change)                                  \
    do {                                              \
        change;                                       \
        CHECK_EQ(result(), 0);                        \
    } while (0)

WORLD_TEST(program_headers)
{
    CHECK(make_files());
    FINE();
    BAD(ph(PT_LOAD, 0)->p_type = ph(PT_LOAD, 1)->p_type = ph(PT_LOAD, 2)->p_type = PT_NULL);
    BAD(ph(PT_DYNAMIC, 0)->p_vaddr = 0x7f000);
    BAD(ph(PT_DYNAMIC, 0)->p_filesz = 0);
    BAD(ph(PT_DYNAMIC, 0)->p_filesz = 16);
    BAD(ph(PT_LOAD, 3)->p_offset += 0x100000);
    BAD(ph(PT_LOAD, 1)->p_offset += 8);
    BAD(ph(PT_LOAD, 1)->p_memsz = ph(PT_LOAD, 1)->p_filesz - 1);
    BAD(ph(PT_LOAD, 3)->p_memsz = 1ull << 47);
    BAD(ph(PT_LOAD, 3)->p_memsz = 1ull << 63);
    BAD(ph(PT_LOAD, 3)->p_vaddr = -0x1000ull);
    BAD(ph(PT_LOAD, 0)->p_vaddr = 1ull << 63);
    BAD(ph(PT_LOAD, 1)->p_vaddr = ph(PT_LOAD, 0)->p_vaddr);
    BAD(Elf64_Phdr p = *ph(PT_LOAD, 0); *ph(PT_LOAD, 0) = *ph(PT_LOAD, 1); *ph(PT_LOAD, 1) = p);
    BAD(ph(PT_LOAD, 2)->p_filesz = original.size - ph(PT_LOAD, 2)->p_offset);
    FINE(ph(PT_LOAD, 1)->p_align = 0);
    BAD(ph(PT_LOAD, 1)->p_align = 3);
    BAD(ph(PT_LOAD, 1)->p_align = 1ull << 40);
    BAD(ph(PT_TLS, 0)->p_memsz = 1ull << 62);
    BAD(ph(PT_TLS, 0)->p_align = 1ull << 40);
    BAD(ph(PT_TLS, 0)->p_align = 3);
    BAD(ph(PT_TLS, 0)->p_memsz = ph(PT_TLS, 0)->p_filesz - 1);
    BAD(ph(PT_TLS, 0)->p_vaddr = 1 << 30);
    BAD(ph(PT_GNU_RELRO, 0)->p_vaddr += 1 << 30);
    BAD(ph(PT_GNU_RELRO, 0)->p_memsz = 1ull << 40);
    BAD(((Elf64_Nhdr *)(copy + ph(PT_NOTE, 0)->p_offset))->n_descsz = 0xfffffff0);
    BAD(ph(PT_NOTE, 0)->p_type = PT_INTERP);
    BAD(((Elf64_Ehdr *)copy)->e_type = ET_EXEC);
}

WORLD_TEST(dynamic_section)
{
    CHECK(make_files());
    static const int64_t tables[] = {
        DT_STRTAB,   DT_SYMTAB, DT_RELA,    DT_JMPREL, DT_HASH,       36 /* RELR */,
        DT_GNU_HASH, DT_VERSYM, DT_VERNEED, DT_VERDEF, DT_INIT_ARRAY,
    };
    for (unsigned i = 0; i < sizeof(tables) / sizeof(tables[0]); i++) {
        BAD(VAL(tables[i]) = 0x7f000000);
        BAD(VAL(tables[i]) = -16ull);
        if (tables[i] != DT_INIT_ARRAY) /* it has just 8 bytes */
            BAD(VAL(tables[i]) = ph(PT_LOAD, 3)->p_vaddr + ph(PT_LOAD, 3)->p_filesz - 8);
        if (tables[i] != DT_STRTAB)
            BAD(VAL(tables[i]) += 1);
    }
    BAD(drop(DT_STRTAB));
    BAD(drop(DT_SYMTAB));
    BAD(VAL(DT_STRSZ) = 0);
    BAD(VAL(DT_STRSZ) = 1ull << 40);
    BAD(VAL(DT_STRSZ) -= 3);
    BAD(VAL(DT_SYMENT) = 0);
    BAD(VAL(DT_RELAENT) = 0);
    BAD(VAL(DT_RELAENT) = 16);
    BAD(VAL(DT_RELASZ) = 1ull << 40);
    BAD(VAL(DT_RELASZ) += 8);
    FINE(dyn(DT_PLTGOT)->d_tag = DT_RELACOUNT); /* a hint only, and its value is nonsense */
    BAD(VAL(DT_PLTREL) = DT_REL);
    BAD(VAL(DT_PLTRELSZ) += 8);
    BAD(VAL(35) = 12);
    BAD(VAL(37) = 4);
    BAD(VAL(DT_INIT_ARRAYSZ) = 1 << 30);
    BAD(VAL(DT_INIT_ARRAYSZ) = 7);
    BAD(VAL(DT_NEEDED) = 1 << 20);
    BAD(VAL(DT_NEEDED) = 0);
    BAD(VAL(DT_SONAME) = 1 << 20);
    FINE(VAL(DT_NEEDED) = VAL(DT_SONAME);
         memcpy(at(VAL(DT_STRTAB) + VAL(DT_SONAME)), "hostile", 8));
    BAD(memcpy(at(VAL(DT_STRTAB) + VAL(DT_NEEDED)), "../x", 4));
    BAD(memcpy(at(VAL(DT_STRTAB) + VAL(DT_NEEDED)), "$LIB", 4));
}

WORLD_TEST(relocations)
{
    CHECK(make_files());
    BAD(rela(R_X86_64_64)->r_offset = 1 << 30);
    BAD(rela(R_X86_64_64)->r_offset = -8ull);
    BAD(rela(R_X86_64_64)->r_offset = 16);
    BAD(rela(R_X86_64_64)->r_offset = ph(PT_LOAD, 3)->p_vaddr + ph(PT_LOAD, 3)->p_memsz - 8);
    BAD(rela(R_X86_64_64)->r_offset = ph(PT_LOAD, 3)->p_vaddr + ph(PT_LOAD, 3)->p_filesz - 7);
    FINE(rela(R_X86_64_64)->r_offset = ph(PT_LOAD, 3)->p_vaddr + ph(PT_LOAD, 3)->p_filesz - 8);
    FINE(rela(R_X86_64_64)->r_offset = ph(PT_DYNAMIC, 0)->p_vaddr);
    BAD(rela(R_X86_64_64)->r_info = ELF64_R_INFO(0xffffff, R_X86_64_64));
    BAD(rela(R_X86_64_64)->r_info = ELF64_R_INFO(1, 77));
    BAD(rela(R_X86_64_64)->r_info = ELF64_R_INFO(0, R_X86_64_COPY));
    BAD(rela(R_X86_64_IRELATIVE)->r_addend = 8);
    BAD(rela(R_X86_64_IRELATIVE)->r_addend = -1);
    BAD(retype(rela(R_X86_64_JUMP_SLOT), R_X86_64_TPOFF64));
    BAD(retype(rela(R_X86_64_DTPMOD64), R_X86_64_64));
    BAD(*(uint64_t *)at(VAL(36)) |= 1);
    BAD(((uint64_t *)at(VAL(36)))[0] = 1 << 30);
    BAD(((uint64_t *)at(VAL(36)))[1] = ~0ull; VAL(35) = 16; ((uint64_t *)at(VAL(36)))[0] =
            ph(PT_LOAD, 3)->p_vaddr + ph(PT_LOAD, 3)->p_filesz - 16);
}

WORLD_TEST(symbols)
{
    CHECK(make_files());
    BAD(sym_of_type(STT_FUNC)->st_name = 1 << 20);
    BAD(sym_of_type(STT_FUNC)->st_value = 1 << 30);
    BAD(sym_of_type(STT_OBJECT)->st_value = -1ull);
    BAD(sym_of_type(STT_TLS)->st_value = 1 << 20);
    BAD(gnu()[0] = 0);
    BAD(gnu()[0] = 1u << 31);
    BAD(gnu()[2] = 0);
    BAD(gnu()[2] = 3);
    BAD(gnu()[2] = 1u << 31);
    BAD(gnu()[1] = 1u << 31);
    BAD(gnu()[1] = 0);
    BAD(for (uint32_t i = 0; i < gnu()[0]; i++) gnu_buckets()[i] = 5000; gnu()[1] = 5000);
    BAD(gnu()[3] = 255);
    BAD(gnu_buckets()[0] = 1 << 30);
    BAD(gnu_buckets()[0] = 1; gnu()[1] = 2);
    BAD(for (uint32_t *p = gnu_buckets() + gnu()[0]; (void *)p < at(VAL(DT_SYMTAB)); p++)
            *p &= ~1u);
    BAD(sysv()[0] = 0);
    BAD(sysv()[1] = 0);
    BAD(sysv()[1] = 1 << 30);
    BAD(for (uint32_t i = 0; i < sysv()[1]; i++) sysv_chain()[i] = i ? i : 1);
    BAD(sysv()[2] = 1 << 29);
}

WORLD_TEST(versions)
{
    CHECK(make_files());
    BAD(((Elf64_Verneed *)at(VAL(DT_VERNEED)))->vn_version = 9);
    BAD(((Elf64_Verneed *)at(VAL(DT_VERNEED)))->vn_aux = 1 << 30);
    BAD(((Elf64_Verneed *)at(VAL(DT_VERNEED)))->vn_cnt = 0xffff);
    BAD(VAL(DT_VERNEEDNUM) = 0xffff);
    BAD(VAL(DT_VERDEFNUM) = 1 << 30);
    BAD(((Elf64_Verdef *)at(VAL(DT_VERDEF)))->vd_next = 1 << 30);
    BAD(((Elf64_Verdef *)at(VAL(DT_VERDEF)))->vd_cnt = 0);
    BAD(((Elf64_Verdef *)at(VAL(DT_VERDEF)))->vd_aux = 3);
    BAD(((Elf64_Vernaux *)at(VAL(DT_VERNEED) + 16))->vna_other = 0);
    BAD(((Elf64_Vernaux *)at(VAL(DT_VERNEED) + 16))->vna_name = 1 << 30);
}

/** Every beginning of a real library, in memory that ends where the file does. */
WORLD_TEST(truncation)
{
    CHECK(make_files());
    for (size_t size = 0; size < original.size; size++) {
        void *block = NULL;
        CHECK(posix_memalign(&block, ELF_PAGE_SIZE, size ? size : 1) == 0);
        memcpy(block, original.data, size);
        struct elf_file file = { "short", block, size };
        int error = exercise(&file, need);
        free(block);
        uint64_t end = ph(PT_LOAD, 3)->p_offset + ph(PT_LOAD, 3)->p_filesz;
        CHECK_EQ(error < 0, size < end);
    }
}

static uint64_t random_state = 0x9e3779b97f4a7c15;
static uint64_t random_number(void)
{
    random_state ^= random_state << 13;
    random_state ^= random_state >> 7;
    random_state ^= random_state << 17;
    return random_state;
}

/** Where damage hurts most: headers and tables, seldom elsewhere. */
static size_t random_place(void)
{
    uint64_t r = random_number();
    if (r % 8 == 0)
        return (r >> 8) % original.size;
    if (r % 8 == 1)
        return (r >> 8) % 1024;
    if (r % 8 < 4)
        return ph(PT_DYNAMIC, 0)->p_offset + (r >> 8) % ph(PT_DYNAMIC, 0)->p_filesz;
    return (r >> 8) % ph(PT_LOAD, 0)->p_filesz;
}

WORLD_TEST(mutations)
{
    CHECK(make_files());
    unsigned refused = 0, total = 0;
    clock_t start = clock();
    for (; total < 20000 && clock() - start < 8 * CLOCKS_PER_SEC; total++) {
        void *block = NULL;
        CHECK(posix_memalign(&block, ELF_PAGE_SIZE, original.size) == 0);
        memcpy(block, original.data, original.size);
        for (unsigned n = 1 + random_number() % 4; n; n--) {
            unsigned char *byte = (unsigned char *)block + random_place();
            uint64_t flip = 1ull << random_number() % 8;
            *byte = random_number() % 2 ? *byte ^ flip : random_number();
        }
        struct elf_file file = { "mutated", block, original.size };
        refused += exercise(&file, need) < 0;
        free(block);
    }
    printf("%u of %u mutations refused\n", refused, total);
    CHECK(total >= 1000 && refused > total / 10 && refused < total);
}

UNIT_MAIN(T(program_headers), T(dynamic_section), T(relocations), T(symbols), T(versions),
          T(truncation), T(mutations))
