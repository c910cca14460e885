/* SPDX-License-Identifier: BSD-2-Clause */
#include <string.h>
#include "input.h"

enum { PASS_ON = 0x03, END = 0x04, BACK = 0x08, ERASE_LINE = 0x15, ESCAPE = 0x1b, DELETE = 0x7f };
enum { OUTSIDE, AFTER_ESCAPE, IN_SEQUENCE };

static struct reader *front(const struct input *input)
{
    return input->count > 0 ? input->order[0] : NULL;
}

static void echo(const struct input *input, const char *text, size_t size)
{
    input->console->put(input->console->to, text, size);
}

/* ---- who has the input ---- */

struct reader *input_known(struct input *input, const struct line *line)
{
    for (unsigned i = 0; i < input->count; i++)
        if (input->order[i]->line == line)
            return input->order[i];
    return NULL;
}

/* Who waits keeps the input; else it is the newcomer's: a program started by one that reads. */
static void enter(struct input *input, struct reader *reader)
{
    bool in_use = input->count > 0 && (input->order[0]->waiting || input->typed_size > 0);
    unsigned at = in_use ? input->count : 0;

    memmove(&input->order[at + 1], &input->order[at],
            (input->count - at) * sizeof(input->order[0]));
    input->order[at] = reader;
    input->count++;
}

struct reader *input_reader(struct input *input, struct line *line)
{
    struct reader *known = input_known(input, line);

    for (unsigned i = 0; !known && i < INPUT_READERS; i++)
        if (!input->table[i].line) {
            known = &input->table[i];
            *known = (struct reader){.line = line};
            enter(input, known);
        }
    return known;
}

static void remove_at(struct input *input, unsigned at)
{
    input->count--;
    memmove(&input->order[at], &input->order[at + 1],
            (input->count - at) * sizeof(input->order[0]));
}

/* What was typed for one reader is not for the next. */
static void forget_typed(struct input *input)
{
    input_hide(input);
    input->typed_size = input->ahead_size = 0;
    input->escape = OUTSIDE;
}

void input_leave(struct input *input, const struct line *line)
{
    for (unsigned i = 0; i < input->count; i++) {
        struct reader *reader = input->order[i];
        if (reader->line != line)
            continue;
        if (i == 0)
            forget_typed(input);
        remove_at(input, i);
        *reader = (struct reader){.line = NULL};
        return;
    }
}

static void pass_on(struct input *input)
{
    struct reader *before = front(input);

    forget_typed(input);
    if (!before)
        return;
    remove_at(input, 0);
    input->order[input->count++] = before;
    front(input)->interrupted = !front(input)->waiting;
}

/* ---- the line ---- */

void input_hide(struct input *input)
{
    if (input->shown)
        echo(input, "\n", 1);
    input->shown = false;
}

bool input_hidden(const struct input *input)
{
    return front(input) && front(input)->waiting && !input->shown;
}

void input_show(struct input *input)
{
    char text[LINE_MAX + INPUT_LINE];
    size_t size;

    if (input->shown || !front(input))
        return;
    size = line_begun(front(input)->line, text);
    memcpy(text + size, input->typed, input->typed_size);
    echo(input, text, size + input->typed_size);
    input->shown = true;
}

static void complete(struct input *input)
{
    struct reader *reader = front(input);

    input_show(input);
    echo(input, "\n", 1);
    input->shown = false;
    line_forget(reader->line);
    memcpy(reader->rest, input->typed, input->typed_size);
    reader->rest[input->typed_size] = '\n';
    reader->rest_size = input->typed_size + 1;
    input->typed_size = 0;
}

/* Takes one character away, which may be several bytes. */
static bool erase(struct input *input)
{
    if (input->typed_size == 0)
        return false;
    do
        input->typed_size--;
    while (input->typed_size > 0 && (input->typed[input->typed_size] & 0xc0) == 0x80);
    if (input->shown)
        echo(input, "\b \b", 3);
    return true;
}

/* True if @key belongs to what cursor keys and their like send: they are not used here. */
static bool in_escape(struct input *input, char key)
{
    switch (input->escape) {
    case AFTER_ESCAPE:
        input->escape = key == '[' || key == 'O' ? IN_SEQUENCE : OUTSIDE;
        return true;
    case IN_SEQUENCE:
        if (key >= '@' && key <= '~')
            input->escape = OUTSIDE;
        return true;
    default:
        if (key == ESCAPE)
            input->escape = AFTER_ESCAPE;
        return key == ESCAPE;
    }
}

static void add(struct input *input, char key)
{
    if (input->typed_size == INPUT_LINE)
        return;
    input_show(input);
    input->typed[input->typed_size++] = key;
    echo(input, &key, 1);
}

static void end(struct input *input)
{
    if (input->typed_size > 0)
        return;
    input_hide(input);
    front(input)->at_end = true;
}

static void edit(struct input *input, char key)
{
    if (in_escape(input, key))
        return;
    if (key == '\n' || key == '\r')
        complete(input);
    else if (key == BACK || key == DELETE)
        erase(input);
    else if (key == ERASE_LINE)
        while (erase(input))
            ;
    else if (key == END)
        end(input);
    else if (key == '\t' || ((unsigned char)key >= ' ' && key != DELETE))
        add(input, key == '\t' ? ' ' : key);
}

/* ---- reading ---- */

static bool has_answer(const struct reader *reader)
{
    return reader->rest_size > 0 || reader->at_end;
}

bool input_ready(struct input *input, struct reader *reader)
{
    reader->interrupted = false;
    if (reader == front(input)) {
        unsigned used = 0;
        while (used < input->ahead_size && !has_answer(reader))
            edit(input, input->ahead[used++]);
        input->ahead_size -= used;
        memmove(input->ahead, input->ahead + used, input->ahead_size);
    }
    return has_answer(reader);
}

void input_take(struct reader *reader, size_t size, char *text)
{
    size_t n = size < reader->rest_size ? size : reader->rest_size;

    memcpy(text, reader->rest, n);
    text[n] = 0;
    reader->rest_size -= (unsigned)n;
    memmove(reader->rest, reader->rest + n, reader->rest_size);
    if (n == 0)
        reader->at_end = false;
    reader->waiting = false;
}

struct reader *input_key(struct input *input, char key)
{
    struct reader *reader;

    if (key == PASS_ON) {
        pass_on(input);
        return NULL;
    }
    reader = front(input);
    if (!reader || !reader->waiting) {
        if (input->ahead_size < INPUT_AHEAD)
            input->ahead[input->ahead_size++] = key;
        return NULL;
    }
    edit(input, key);
    return has_answer(reader) ? reader : NULL;
}
