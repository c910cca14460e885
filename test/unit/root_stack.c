/* SPDX-License-Identifier: BSD-2-Clause */
#include "errors/errors.h"
#include "server/roottask/arguments.h"
#include "server/roottask/stack.h"
#include "unit.h"

/* Command lines of modules, and the stacks that are made of them (row B02). */

static char strings[64];
static unsigned count;

static const char *nth(unsigned n)
{
    const char *s = strings;
    while (n--)
        s += strlen(s) + 1;
    return s;
}

TEST(quotes_keep_blanks)
{
    CHECK_EQ(arguments_split("hello a \"b c\"", strings, sizeof strings, &count), 12);
    CHECK_EQ(count, 3);
    CHECK_STR(nth(0), "hello");
    CHECK_STR(nth(1), "a");
    CHECK_STR(nth(2), "b c");
    CHECK(arguments_split("  x 'it \"is\"'y  \"\" ", strings, sizeof strings, &count) > 0);
    CHECK_EQ(count, 3);
    CHECK_STR(nth(1), "it \"is\"y");
    CHECK_STR(nth(2), "");
    CHECK_EQ(arguments_split("", strings, sizeof strings, &count), 0);
    CHECK_EQ(count, 0);
}

TEST(what_does_not_fit_or_end_is_refused)
{
    CHECK_EQ(arguments_split("hello \"a", strings, sizeof strings, &count), -ERR_EINVAL);
    CHECK_EQ(arguments_split("hello", strings, 6, &count), 6);
    CHECK_EQ(arguments_split("hello", strings, 5, &count), -ERR_E2BIG);
}

TEST(names_are_last_components)
{
    char name[8];

    arguments_name("(nd)/boot/hello a/b", name, sizeof name);
    CHECK_STR(name, "hello");
    arguments_name("  (hd0)longername x", name, sizeof name);
    CHECK_STR(name, "longern");
    arguments_name("", name, sizeof name);
    CHECK_STR(name, "");
}

static _Alignas(16) char block[4096];

static uint64_t vector(const uint64_t *v, uint64_t key)
{
    for (; v[0]; v += 2)
        if (v[0] == key)
            return v[1];
    return ~0ull;
}

/* The stack as the module will see it: its top address is another one than ours. */
TEST(stack_as_the_system_v_abi_says)
{
    const uint64_t top = 0x700001000000;
    struct stack_contents c = {.strings = strings, .headers = {0x400040}, .entry = {0x401000},
                               .kip = {0x700000200000}, .header_count = 5, .random = {11, 12}};

    c.strings_size = (size_t)arguments_split("hello a \"b c\"", strings, sizeof strings, &c.argc);
    maddr_t sp = stack_build(block, sizeof block, (maddr_t){top}, &c);
    CHECK(sp.raw && sp.raw % 16 == 0 && sp.raw < top && sp.raw > top - sizeof block);
    uint64_t shift = (uint64_t)(block + sizeof block) - top;
    const uint64_t *word = (const uint64_t *)(sp.raw + shift);
    CHECK_EQ(word[0], 3);
    CHECK_STR((const char *)(word[1] + shift), "hello");
    CHECK_STR((const char *)(word[3] + shift), "b c");
    CHECK(word[4] == 0 && word[5] == 0);
    CHECK_EQ(vector(word + 6, 3), 0x400040);
    CHECK_EQ(vector(word + 6, 4), 56);
    CHECK_EQ(vector(word + 6, 5), 5);
    CHECK_EQ(vector(word + 6, 6), 4096);
    CHECK_EQ(vector(word + 6, 9), 0x401000);
    CHECK_EQ(vector(word + 6, 0xf2), 0x700000200000);
    CHECK_EQ(((const uint64_t *)(vector(word + 6, 25) + shift))[1], 12);
}

TEST(stack_refuses_too_much)
{
    static char many[3000];
    struct stack_contents c = {.strings = many, .strings_size = sizeof many, .argc = 1};

    CHECK_EQ(stack_build(block, sizeof block, (maddr_t){0x10000}, &c).raw, 0);
}

UNIT_MAIN(T(quotes_keep_blanks), T(what_does_not_fit_or_end_is_refused),
          T(names_are_last_components), T(stack_as_the_system_v_abi_says), T(stack_refuses_too_much))
