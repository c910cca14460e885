/* SPDX-License-Identifier: BSD-2-Clause */
#include "unit.h"

#include "server/log/input.h"

/* What is typed on the console: the line being typed, and which reader it goes to. */

static char shown[400];
static size_t shown_size;
static struct input input;
static struct line lines[INPUT_READERS + 1];
static char line[INPUT_LINE + 2];

static void put(void *to, const char *text, size_t size)
{
    (void)to;
    if (shown_size + size >= sizeof(shown))
        return;
    memcpy(shown + shown_size, text, size);
    shown_size += size;
    shown[shown_size] = 0;
}

static const struct line_sink console = {put, NULL};

static void start(void)
{
    input = (struct input){.console = &console};
    shown_size = 0;
    shown[0] = 0;
    for (unsigned i = 0; i < INPUT_READERS + 1; i++)
        line_init(&lines[i], (char[]){(char)('a' + i % 26), 0});
}

/* Session @i asks for a line: true if it is there, else it waits. */
static bool ask(unsigned i)
{
    struct reader *reader = input_reader(&input, &lines[i]);

    if (!reader)
        return false;
    if (input_ready(&input, reader)) {
        input_take(reader, INPUT_LINE + 1, line);
        return true;
    }
    reader->waiting = true;
    return false;
}

/* The number of the session that the keys @text have given a line, in `line`; -1: none. */
static int type(const char *text)
{
    int whose = -1;

    for (; *text; text++) {
        struct reader *reader = input_key(&input, *text);
        if (!reader)
            continue;
        input_take(reader, INPUT_LINE + 1, line);
        whose = (int)(reader->line - lines);
    }
    return whose;
}

static void prompt(unsigned i, const char *text)
{
    line_write(&lines[i], text, strlen(text), &console);
}

TEST(echo_with_tag_and_prompt)
{
    start();
    prompt(0, "> ");
    CHECK(!ask(0));
    CHECK(input_hidden(&input));
    input_show(&input);
    CHECK_STR(shown, "a       | > ");
    CHECK_EQ(type("kill 3\n"), 0);
    CHECK_STR(line, "kill 3\n");
    CHECK_STR(shown, "a       | > kill 3\n");
    prompt(0, "next\n");
    CHECK_STR(shown, "a       | > kill 3\na       | next\n");
}

TEST(keys_edit_the_line)
{
    static const struct {
        const char *typed, *line;
    } cases[] = {
        {"lisx\bt\n", "list\n"},
        {"\b\x7f wrong\x15right\t1\r", "right 1\n"},
        {"a\033[A\033OBb\033[1;5Cc\n", "abc\n"}, /* cursor keys */
        {"x\303\244\by\n", "xy\n"},              /* one character of two bytes */
        {"\a\001z\n", "z\n"},
        {"\n", "\n"},
        {"a\004\n", "a\n"}, /* the end only on an empty line */
        {"\004", ""},
        {"after\n", "after\n"},
    };

    start();
    for (unsigned i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        CHECK(!ask(0));
        CHECK_EQ(type(cases[i].typed), 0);
        CHECK_STR(line, cases[i].line);
    }
}

TEST(erasing_is_seen)
{
    start();
    CHECK(!ask(0));
    type("ab\b\303\244\b");
    CHECK_STR(shown, "a       | ab\b \b\303\244\b \b");
}

TEST(output_goes_between)
{
    start();
    prompt(0, "> ");
    CHECK(!ask(0));
    type("ki");
    input_hide(&input);
    input_hide(&input); /* once is enough */
    put(NULL, "whole line\n", 11);
    CHECK(input_hidden(&input));
    input_show(&input);
    CHECK_EQ(type("ll\n"), 0);
    CHECK_STR(line, "kill\n");
    CHECK_STR(shown, "a       | > ki\nwhole line\na       | > kill\n");
    CHECK(!input_hidden(&input));
}

TEST(typed_ahead)
{
    start();
    CHECK_EQ(type("one\ntwo\nth"), -1);
    CHECK_STR(shown, ""); /* nobody it could be for */
    CHECK(ask(0));
    CHECK_STR(line, "one\n");
    CHECK(ask(0));
    CHECK_STR(line, "two\n");
    CHECK(!ask(0));
    CHECK_EQ(type("ree\n"), 0);
    CHECK_STR(line, "three\n");
    CHECK_STR(shown, "a       | one\na       | two\na       | three\n");
}

TEST(bounds)
{
    start();
    CHECK(!ask(0));
    for (unsigned i = 0; i < 3 * INPUT_LINE; i++)
        type("x");
    CHECK_EQ(type("\n"), 0);
    CHECK_EQ(strlen(line), INPUT_LINE + 1);
    CHECK_EQ(line[INPUT_LINE], '\n');
    for (unsigned i = 0; i < 3 * INPUT_AHEAD; i++)
        type("y"); /* more than fits is lost */
    CHECK_EQ(input.ahead_size, INPUT_AHEAD);
    CHECK(!ask(0));
    CHECK_EQ(type("\n"), 0);
    CHECK_EQ(strlen(line), INPUT_LINE + 1);
    for (unsigned i = 1; i < INPUT_READERS; i++)
        CHECK(input_reader(&input, &lines[i]));
    CHECK(!input_reader(&input, &lines[INPUT_READERS]));
    input_leave(&input, &lines[3]);
    CHECK(input_reader(&input, &lines[INPUT_READERS]));
}

TEST(parts_of_a_line)
{
    struct reader *reader;

    start();
    type("abcdef\n");
    reader = input_reader(&input, &lines[0]);
    CHECK(input_ready(&input, reader));
    input_take(reader, 4, line);
    CHECK_STR(line, "abcd");
    CHECK(input_ready(&input, reader));
    input_take(reader, 4, line);
    CHECK_STR(line, "ef\n");
    CHECK(!input_ready(&input, reader));
}

TEST(who_waits_keeps_the_input)
{
    start();
    CHECK(!ask(0));
    CHECK(!ask(1));
    CHECK_EQ(type("for a\n"), 0);
    CHECK(!ask(0));
    CHECK_EQ(type("half"), -1);
    input_known(&input, &lines[0])->waiting = false; /* told to ask again */
    CHECK(!ask(2));
    CHECK(!ask(0));
    CHECK_EQ(type(" a\n"), 0);
    CHECK_STR(line, "half a\n");
}

TEST(a_newcomer_has_it_while_nobody_waits)
{
    start();
    CHECK(!ask(0));
    CHECK_EQ(type("start b\n"), 0);
    CHECK(!ask(1));
    CHECK(!ask(0));
    CHECK_EQ(type("for b\n"), 1);
    input_leave(&input, &lines[1]); /* ended: back to who started it */
    CHECK_EQ(type("for a\n"), 0);
    CHECK_STR(line, "for a\n");
}

TEST(control_c_passes_it_on)
{
    struct reader *a, *b;

    start();
    type("\003"); /* to nobody */
    CHECK(!ask(0));
    CHECK(!ask(1));
    a = input_known(&input, &lines[0]);
    b = input_known(&input, &lines[1]);
    CHECK_EQ(type("lost\003for b\n"), 1);
    CHECK_STR(line, "for b\n");
    CHECK(!a->interrupted && !b->interrupted);
    CHECK_EQ(type("lost, too\n\003for a\n"), 0); /* b does not wait */
    CHECK_STR(line, "for a\n");
    type("\003");
    CHECK(b->interrupted);
    type("\003");
    CHECK(a->interrupted);
    CHECK(!ask(0));
    CHECK(!a->interrupted); /* by reading it has the input */
}

TEST(control_c_to_the_only_one)
{
    start();
    CHECK(!ask(0));
    CHECK_EQ(type("wrong\003right\n"), 0);
    CHECK_STR(line, "right\n");
    type("\003");
    CHECK(input_known(&input, &lines[0])->interrupted);
}

/* Whatever happens, the table stays right: readers in order are those in use, each once. */
TEST(random_steps)
{
    unsigned seed = 1;

    start();
    for (unsigned i = 0; i < 200000; i++) {
        seed = seed * 1103515245 + 12345;
        unsigned what = seed >> 16 & 7, who = (seed >> 20) % (INPUT_READERS + 1);
        char key[2] = {(char)(seed >> 19), 0};
        if (what == 0)
            input_leave(&input, &lines[who]);
        else if (what == 1)
            ask(who);
        else if (what == 2)
            input_hide(&input), input_show(&input);
        else
            type(what == 3 ? "\003" : what == 4 ? "\n" : key);
        shown_size = 0;
        unsigned used = 0;
        for (unsigned j = 0; j < INPUT_READERS; j++)
            used += input.table[j].line != NULL;
        CHECK_EQ(used, input.count);
        for (unsigned j = 0; j < input.count; j++)
            CHECK(input_known(&input, input.order[j]->line) == input.order[j]);
    }
}

UNIT_MAIN(T(echo_with_tag_and_prompt), T(keys_edit_the_line), T(erasing_is_seen),
          T(output_goes_between), T(typed_ahead), T(bounds), T(parts_of_a_line),
          T(who_waits_keeps_the_input), T(a_newcomer_has_it_while_nobody_waits),
          T(control_c_passes_it_on), T(control_c_to_the_only_one), T(random_steps))
