/* SPDX-License-Identifier: BSD-2-Clause */
/* Row X22: real programs and libraries of the host, against the host's ld.so: who binds to whom,
 * and every byte of the written sections. */
#include "elf/reference.h"

static void check_program(const char *path)
{
    struct linked l;
    if (access(path, X_OK) != 0)
        return;
    int error = load(&world, &l, path);
    if (error)
        printf("%s", world.report.text);
    CHECK_EQ(error, 0);
    CHECK(l.set.lookups > 0);
    char command[256];
    snprintf(command, sizeof(command), "%s --version", path);
    struct comparison c = compare_bindings(&world, &l, command);
    printf("%s: %u objects, %u bindings equal, %u different, %u only ours, %u by running code\n",
           path, l.set.count, c.equal, c.different, c.ours_only, c.foreign);
    CHECK(c.equal > 50);
    CHECK_EQ(c.different, 0);
    CHECK_EQ(c.ours_only, 0);
    int different = compare_memory(&world, &l, path);
    CHECK_EQ(different, 0);
}

WORLD_TEST(ls) { check_program("/bin/ls"); }
WORLD_TEST(as) { check_program("/usr/bin/as"); }
WORLD_TEST(python) { check_program("/usr/bin/python3"); }
WORLD_TEST(lld) { check_program("/usr/bin/ld.lld-14"); }

UNIT_MAIN(T(ls), T(as), T(python), T(lld))
