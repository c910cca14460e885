/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdlib.h>
#include <l4/error.h>
#include <l4/ops.h>
#include "server/log/sessions.h"
#include "unit.h"

/* Lines of the log server: rows L01, L02, L03, L08, and hostile vcon messages. */

static char *shown;
static char buffer[8192];
static size_t shown_size;
static unsigned puts_seen;

static void put(void *to, const char *text, size_t size)
{
    (void)to;
    puts_seen++;
    if (shown_size + size >= sizeof(buffer))
        return;
    memcpy(shown + shown_size, text, size);
    shown_size += size;
    shown[shown_size] = 0;
}

static const struct line_sink sink = {put, NULL};

static void start(void)
{
    shown = buffer;
    shown_size = 0;
    shown[0] = 0;
    puts_seen = 0;
}

static void write_text(struct line *line, const char *text)
{
    line_write(line, text, strlen(text), &sink);
}

TEST(tag_padded_and_cut)
{
    struct line a, b, c;

    start();
    line_init(&a, "hello");
    line_init(&b, "a-long-name");
    line_init(&c, "");
    write_text(&a, "one\n");
    write_text(&b, "two\n");
    write_text(&c, "\n");
    CHECK_STR(shown, "hello   | one\na-long-n| two\n?       | \n");
}

TEST(lines_of_two_sessions_do_not_mix)
{
    struct line a, b;

    start();
    line_init(&a, "a");
    line_init(&b, "b");
    write_text(&a, "first ");
    write_text(&b, "other ");
    CHECK_STR(shown, "");
    write_text(&a, "half\nnext");
    write_text(&b, "line\n");
    CHECK_STR(shown, "a       | first half\nb       | other line\n");
    CHECK_EQ(puts_seen, 2);
}

TEST(long_line_continues_with_mark)
{
    struct line line;
    char text[LINE_TEXT + 41], want[512];

    start();
    memset(text, 'x', sizeof(text) - 1);
    text[sizeof(text) - 1] = 0;
    line_init(&line, "long");
    write_text(&line, text);
    write_text(&line, "\nshort\n");
    snprintf(want, sizeof(want), "long    | %.*s\nlong    : %s\nlong    | short\n", LINE_TEXT, text,
             text + LINE_TEXT);
    CHECK(strcmp(shown, want) == 0);
}

TEST(line_of_exactly_full_length_is_one_line)
{
    struct line line;
    char text[LINE_TEXT + 2];

    start();
    memset(text, 'y', LINE_TEXT);
    text[LINE_TEXT] = '\n';
    text[LINE_TEXT + 1] = 0;
    line_init(&line, "full");
    write_text(&line, text);
    CHECK_EQ(puts_seen, 1);
    CHECK_EQ(shown_size, LINE_MAX);
}

TEST(half_line_of_a_dead_client_is_ended)
{
    static struct sessions sessions;
    struct session *dead = session_open(&sessions, "dead"), *next;

    start();
    line_write(&dead->line, "mid", 3, &sink);
    session_close(dead, &sink);
    next = session_open(&sessions, "next");
    line_write(&next->line, "x\n", 2, &sink);
    session_close(next, &sink);
    CHECK_STR(shown, "dead    | mid\nnext    | x\n");
    CHECK_EQ(sessions_count(&sessions), 0);
}

TEST(control_characters_cannot_forge_a_line)
{
    struct line line;

    start();
    line_init(&line, "e\033vil\n");
    write_text(&line, "\rroot    | fake\033[2J\ta\n");
    CHECK_STR(shown, "e.vil.  | root    | fake.[2J a\n");
}

TEST(table_is_bounded)
{
    static struct sessions sessions;
    struct session *first = NULL;

    for (unsigned i = 0; i < SESSIONS_MAX; i++) {
        struct session *s = session_open(&sessions, "s");
        CHECK(s);
        first = first ? first : s;
    }
    CHECK(!session_open(&sessions, "more"));
    session_close(first, &sink);
    CHECK(session_open(&sessions, "more") == first);
}

static struct vcon_reply vcon(struct session *session, uint64_t op, uint64_t count, unsigned words)
{
    uint64_t mr[63];

    memset(mr, 'z', sizeof(mr));
    mr[0] = op;
    mr[1] = count;
    return session_vcon(session, mr, words, &sink);
}

TEST(vcon_messages_are_checked)
{
    static struct sessions sessions;
    struct session *s = session_open(&sessions, "v");

    start();
    CHECK_EQ(vcon(s, L4_LOG_WRITE, 0, 0).label, -L4_EMSGTOOSHORT);
    CHECK_EQ(vcon(s, L4_LOG_WRITE, 1, 1).label, -L4_EMSGTOOSHORT);
    CHECK_EQ(vcon(s, L4_LOG_WRITE, 9, 3).label, -L4_EMSGTOOSHORT);
    CHECK_EQ(vcon(s, L4_LOG_WRITE, ~0ull, 63).label, -L4_EMSGTOOSHORT);
    CHECK_EQ(vcon(s, L4_LOG_WRITE, 1ull << 61, 3).label, -L4_EMSGTOOSHORT);
    CHECK_EQ(vcon(s, 77, 0, 2).label, -L4_ENOSYS);
    CHECK_EQ(s->line.used, 0);
    CHECK_EQ(vcon(s, L4_LOG_WRITE, 0, 2).label, 0);
    CHECK_EQ(vcon(s, L4_LOG_WRITE, 8, 3).label, 0);
    CHECK_EQ(s->line.used, 8);
    CHECK_EQ(vcon(s, L4_LOG_WRITE, L4_LOG_WRITE_MAX, 63).label, 0);
    CHECK_EQ(puts_seen, (8 + L4_LOG_WRITE_MAX - 1) / LINE_TEXT);
    CHECK_EQ(vcon(s, L4_LOG_READ | 496 << 16, 0, 1).mr[0], 1u << 31);
    CHECK_EQ(vcon(s, L4_LOG_GET_ATTR, 0, 1).words, 4);
}

TEST(books_are_sorted_and_grouped)
{
    static struct sessions sessions;
    char *text = NULL;
    size_t size = 0;
    FILE *file = open_memstream(&text, &size);

    session_open(&sessions, "names");
    session_open(&sessions, "hello")->reads = true;
    session_open(&sessions, "names");
    sessions_books(&sessions, file);
    fclose(file);
    CHECK_STR(text, "books log hello reader 1 0\nbooks log hello session 1 0\n"
                    "books log names session 2 0\n");
    free(text);
}

UNIT_MAIN(T(tag_padded_and_cut), T(lines_of_two_sessions_do_not_mix),
          T(long_line_continues_with_mark), T(line_of_exactly_full_length_is_one_line),
          T(half_line_of_a_dead_client_is_ended), T(control_characters_cannot_forge_a_line),
          T(table_is_bounded), T(vcon_messages_are_checked), T(books_are_sorted_and_grouped))
