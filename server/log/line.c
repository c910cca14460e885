/* SPDX-License-Identifier: BSD-2-Clause */
#include <string.h>
#include "line.h"

static char printable(char c)
{
    if (c == '\t')
        return ' ';
    return (unsigned char)c < ' ' || c == 0x7f ? '.' : c;
}

void line_init(struct line *line, const char *tag)
{
    *line = (struct line){.used = 0};
    memset(line->tag, ' ', LINE_TAG);
    if (!tag[0])
        line->tag[0] = '?';
    for (unsigned i = 0; i < LINE_TAG && tag[i]; i++)
        line->tag[i] = printable(tag[i]);
}

size_t line_begun(const struct line *line, char out[LINE_MAX])
{
    size_t size = LINE_TAG;

    memcpy(out, line->tag, LINE_TAG);
    out[size++] = line->continued ? ':' : '|';
    out[size++] = ' ';
    memcpy(out + size, line->text, line->used);
    return size + line->used;
}

void line_forget(struct line *line)
{
    line->used = 0;
    line->continued = false;
}

/* Shows the collected part; @complete if its newline has come. */
static void show(struct line *line, bool complete, const struct line_sink *sink)
{
    char out[LINE_MAX];
    size_t size = line_begun(line, out);

    out[size++] = '\n';
    sink->put(sink->to, out, size);
    line->used = 0;
    line->continued = !complete;
}

void line_write(struct line *line, const char *text, size_t size, const struct line_sink *sink)
{
    for (size_t i = 0; i < size; i++) {
        if (text[i] == '\n') {
            show(line, true, sink);
        } else if (text[i] != '\r') {
            if (line->used == LINE_TEXT)
                show(line, false, sink);
            line->text[line->used++] = printable(text[i]);
        }
    }
}

void line_end(struct line *line, const struct line_sink *sink)
{
    if (line->used > 0)
        show(line, true, sink);
}
