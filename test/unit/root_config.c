/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdlib.h>

#include "errors/errors.h"
#include "server/roottask/config.h"
#include "unit.h"

/* roottask's configuration: what it means, and how it is refused (rows B10, B11). */

static struct config config;

/* The text lies in memory of its own length: a look behind its end is found. */
static long read_bytes(const char *text, size_t length)
{
    char *copy = malloc(length ? length : 1);

    memcpy(copy, text, length);
    memset(&config, 0, sizeof config);
    long error = config_read(&config, &(struct script_source){"r.cfg", copy, length});
    free(copy);
    return error;
}

static long read_text(const char *text)
{
    return read_bytes(text, strlen(text));
}

static struct quota quota(const char *name)
{
    struct quota built_in;

    return *config_quota(&config, name, &built_in);
}

TEST(paper)
{
    CHECK_EQ(read_text("task modname \"x\" memory max 1MB irq in [1,1] child max 2"), 0);
    struct quota q = quota("x");
    CHECK_EQ(q.memory_max, 1 << 20);
    CHECK_EQ(q.irqs, 2);
    CHECK_EQ(q.child_max, 2);
    CHECK_EQ(q.may, MAY_RAM);
    CHECK_EQ(q.kernel_share, 20);
    CHECK_EQ(q.priority, 100);
}

TEST(without_a_word_all_is_as_built_in)
{
    CHECK_EQ(read_text(""), 0);
    CHECK_EQ(quota("y").may, 0);
    CHECK_EQ(quota("y").irqs, 0);
    CHECK_EQ(quota("y").child_max, QUOTA_ANY_NUMBER);
    CHECK_EQ(quota("y").memory_max, QUOTA_NO_LIMIT);
    CHECK_EQ(quota("loader").may, MAY_END);
    CHECK_EQ(quota("dm_phys").priority, 180);
    CHECK_EQ(quota("tftp").irqs, 0xfff8);
    CHECK_EQ(quota("tftp").port_count, 2);
}

TEST(only_what_is_said_replaces)
{
    CHECK_EQ(read_text("# the card\ntask modname 'tftp' ioport in [0x10, 0x1f] ioport in [5,5]\n"
                       "task modname \"dm_phys\" memory in [1MB, 16MB] max 8MB priority 7 mcp 9"),
             0);
    struct quota q = quota("tftp");
    CHECK_EQ(q.irqs, 0xfff8);
    CHECK_EQ(q.port_count, 2);
    CHECK_EQ(q.ports[0].start, 0x10);
    CHECK_EQ(q.ports[0].end, 0x20);
    CHECK(quota_allows(q.ports, q.port_count, (struct quota_range){0x18, 0x20}));
    CHECK(!quota_allows(q.ports, q.port_count, (struct quota_range){0x18, 0x21}));
    CHECK(!quota_allows(q.ports, q.port_count, (struct quota_range){0xcf8, 0xcf9}));
    CHECK(quota_allows(q.ports, q.port_count, (struct quota_range){5, 6}));
    q = quota("dm_phys");
    CHECK_EQ(q.may, MAY_RAM);
    CHECK_EQ(q.memory.start, 1 << 20);
    CHECK_EQ(q.memory.end, 16 << 20);
    CHECK_EQ(q.memory_max, 8 << 20);
    CHECK_EQ(q.kernel_share, 160);
    CHECK_EQ(q.priority, 7);
    CHECK_EQ(q.mcp, 9);
}

TEST(lines_and_devices)
{
    CHECK_EQ(read_text("task modname \"d\" irq in [0,3] in [31,31] max 2\n"
                       "iomem in [0xb8000,0xc0000]\n"
                       "kernel_memory max 64KB attached 3 modules end and whatever \""), 0);
    struct quota q = quota("d");
    CHECK_EQ(q.irqs, 0x8000000f);
    CHECK_EQ(q.irq_max, 2);
    CHECK_EQ(q.may, 0);
    CHECK_EQ(q.kernel_max, 65536);
    CHECK_EQ(q.attached, 3);
    CHECK(quota_allows(q.devices, q.device_count, (struct quota_range){0xb8000, 0xc0000}));
}

/* How many lines is another question than which. */
TEST(a_number_keeps_the_built_in_lines)
{
    CHECK_EQ(read_text("task modname \"tftp\" irq max 1 ioport in [1,1]"), 0);
    CHECK_EQ(quota("tftp").irqs, 0xfff8);
    CHECK_EQ(quota("tftp").irq_max, 1);
    CHECK_EQ(read_text("task modname \"tftp\" irq max 1 in [5,5] irq in [7,7]"), 0);
    CHECK_EQ(quota("tftp").irqs, 0xa0);
}

static const struct wrong {
    const char *text, *error;
} wrong[] = {
    {"memory max 1MB", "r.cfg:1:1: `task modname \"NAME\"` is missing"},
    {"task", "r.cfg:1:5: a task is chosen by `modname`"},
    {"task \"x\"", "r.cfg:1:6: a task is chosen by `modname`"},
    {"task modname x", "r.cfg:1:14: a module's name in quotes is missing (at most 31 characters)"},
    {"task modname \"\"",
     "r.cfg:1:14: a module's name in quotes is missing (at most 31 characters)"},
    {"task modname \"x", "r.cfg:1:14: this string never ends"},
    {"task modname \"12345678901234567890123456789012\"",
     "r.cfg:1:14: a module's name in quotes is missing (at most 31 characters)"},
    {"\ntask modname \"x\"\n  memory most 1MB",
     "r.cfg:3:10: memory has `max SIZE` or `in [LOW, HIGH]`"},
    {"task modname \"x\" memory max", "r.cfg:1:28: a number is missing"},
    {"task modname \"x\" memory max 1XB", "r.cfg:1:29: the units are KB, MB, GB"},
    {"task modname \"x\" memory max 200000GB", "r.cfg:1:29: this number is too large"},
    {"task modname \"x\" memory max 99999999999999999999",
     "r.cfg:1:29: number does not fit into 64 bits"},
    {"task modname \"x\" kernel_memory max 0", "r.cfg:1:36: no module runs without any"},
    {"task modname \"x\" memory in [1MB,1MB]", "r.cfg:1:28: the low end is not below the high one"},
    {"task modname \"x\" memory in [1MB,2MB] in [4MB,8MB]",
     "r.cfg:1:38: memory lies in one range"},
    {"task modname \"x\" memory in [1,1MB]", "r.cfg:1:28: the ends are multiples of 4 KB"},
    {"task modname \"x\" memory in 1MB", "r.cfg:1:28: a range begins with ["},
    {"task modname \"x\" irq in [1", "r.cfg:1:27: a comma parts the ends of a range"},
    {"task modname \"x\" irq in [2,1]", "r.cfg:1:25: the low end is above the high one"},
    {"task modname \"x\" irq in [1,32]", "r.cfg:1:28: this number is too large"},
    {"task modname \"x\" irq in [1,1KB]", "r.cfg:1:28: this number has no unit"},
    {"task modname \"x\" irq 1", "r.cfg:1:22: irq has `in [LOW, HIGH]` or `max N`"},
    {"task modname \"x\" child max 33", "r.cfg:1:28: this number is too large"},
    {"task modname \"x\" ioport in [0,65536]", "r.cfg:1:31: this number is too large"},
    {"task modname \"x\" priority 0", "r.cfg:1:27: a priority is 1 to 255"},
    {"task modname \"x\" priority 256", "r.cfg:1:27: this number is too large"},
    {"task modname \"x\" priority 9 mcp 8", "r.cfg:1:1: its priority is above its mcp"},
    {"task modname \"x\" attached modules", "r.cfg:1:27: a number is missing"},
    {"task modname \"x\" attached 1 module", "r.cfg:1:29: attached has `N modules`"},
    {"task modname \"x\" color 3", "r.cfg:1:18: no such constraint"},
    {"task modname \"x\" task modname \"x\"", "r.cfg:1:31: this module has been configured above"},
};

TEST(errors_name_their_place)
{
    for (unsigned i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        CHECK_EQ(read_text(wrong[i].text), -ERR_EINVAL);
        CHECK_STR(config.error, wrong[i].error);
    }
}

TEST(tables_have_an_end)
{
    char text[4096] = "";

    for (unsigned i = 0; i <= QUOTA_RANGES; i++)
        strcat(text, i ? "ioport in [1,2] " : "task modname \"x\" ");
    CHECK_EQ(read_text(text), 0);
    strcat(text, "ioport in [1,2]");
    CHECK_EQ(read_text(text), -ERR_EINVAL);
    text[0] = 0;
    for (unsigned i = 0; i < CONFIG_TASKS_MAX; i++)
        sprintf(text + strlen(text), "task modname \"x%u\" ", i);
    CHECK_EQ(read_text(text), 0);
    strcat(text, "task modname \"y\"");
    CHECK_EQ(read_text(text), -ERR_EINVAL);
}

/* Any bytes: refused or not, nothing is read or written outside (the sanitizers look). */
TEST(rubbish)
{
    static const char *const words[] = {
        "task ", "modname ", "\"x\" ", "memory ", "max ", "in ", "[", "1", ",", "]", "MB ", "irq ",
        "child ", "ioport ", "iomem ", "priority ", "mcp ", "\n", "#", "\"", "\1", "end ", "0x"};
    uint64_t state = 88172645463325252ull;

    for (unsigned i = 0; i < 20000; i++) {
        char text[256] = "task modname \"x\" ";
        for (unsigned n = 0; n < 20; n++) {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            strcat(text, words[state % (sizeof words / sizeof words[0])]);
        }
        CHECK(read_text(text) == 0 || config.error[0]);
    }
    CHECK_EQ(read_bytes("task\0modname", 12), -ERR_EINVAL);
}

UNIT_MAIN(T(paper), T(without_a_word_all_is_as_built_in), T(only_what_is_said_replaces),
          T(lines_and_devices), T(a_number_keeps_the_built_in_lines),
          T(errors_name_their_place), T(tables_have_an_end), T(rubbish))
