/* SPDX-License-Identifier: BSD-2-Clause */
#include "server/bmodfs/files.h"
#include "unit.h"

/* Files by the last component of their path: rows F02, F04. */

static struct files files;

static struct l4_mod mod(const char *cmdline, const char *text)
{
    return (struct l4_mod){.start = (uintptr_t)text, .end = (uintptr_t)text + strlen(text),
                           .cmdline = (uintptr_t)cmdline};
}

static unsigned start(struct l4_mod *mods, uint32_t count)
{
    struct l4_mod_info info = {.mods = (uintptr_t)mods, .count = count};

    return files_init(&files, &info);
}

static const char *contents(const char *name)
{
    const struct file *f = files_find(&files, name);

    return f ? f->start : NULL;
}

TEST(last_component_decides)
{
    struct l4_mod mods[] = {
        mod("(nd)/tftpboot/u/hello first \"b c\"", "HELLO"),
        mod("libc.so", "LIBC"),
        mod("/boot/default.cfg\t-x", "CFG"),
    };

    CHECK_EQ(start(mods, 3), 0);
    CHECK_EQ(files.count, 3);
    CHECK_STR(contents("hello"), "HELLO");
    CHECK_STR(contents("(nd)/tftpboot/u/hello"), "HELLO");
    CHECK_STR(contents("(nd)hello"), "HELLO");
    CHECK_STR(contents("other/hello"), "HELLO");
    CHECK_STR(contents("libc.so"), "LIBC");
    CHECK_STR(contents("default.cfg"), "CFG");
    CHECK_EQ(files_find(&files, "libc.so")->size, 4);
}

TEST(what_is_not_there)
{
    struct l4_mod mods[] = {mod("hello", "HELLO")};

    start(mods, 1);
    CHECK(!contents(""));
    CHECK(!contents("/"));
    CHECK(!contents("hello/"));
    CHECK(!contents("hell"));
    CHECK(!contents("hello2"));
    CHECK(!contents("first"));
    start(mods, 0);
    CHECK(!contents("hello"));
}

TEST(strange_modules_are_passed_by)
{
    struct l4_mod mods[] = {
        mod("dir/x", "ONE"), mod("x", "TWO"), mod("dir/", "THREE"), mod("", "FOUR"),
        mod("ok", ""), mod(NULL, "FIVE"), mod("back", "SIX"),
        mod("a-name-that-is-much-longer-than-any-file-name-has-a-right-to-be-here", "SEVEN"),
    };

    mods[6].end = mods[6].start - 1;
    CHECK_EQ(start(mods, 8), 6);
    CHECK_EQ(files.count, 2);
    CHECK_STR(contents("x"), "ONE");
    CHECK_EQ(files_find(&files, "ok")->size, 0);
}

TEST(table_is_bounded)
{
    static struct l4_mod mods[FILES_MAX + 3];
    static char names[FILES_MAX + 3][8];

    for (unsigned i = 0; i < FILES_MAX + 3; i++) {
        snprintf(names[i], sizeof(names[i]), "f%u", i);
        mods[i] = mod(names[i], "x");
    }
    CHECK_EQ(start(mods, FILES_MAX + 3), 3);
    CHECK_EQ(files.count, FILES_MAX);
}

UNIT_MAIN(T(last_component_decides), T(what_is_not_there), T(strange_modules_are_passed_by),
          T(table_is_bounded))
