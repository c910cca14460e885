/* SPDX-License-Identifier: BSD-2-Clause */
#include <string.h>
#include <l4/error.h>
#include <l4/ops.h>
#include "server/rows.h"
#include "sessions.h"

#define VCON_NOTHING_PENDING (1ull << 31)

/* One word: tags stand in the books, too. */
static void copy_tag(char *to, const char *tag)
{
    unsigned i = 0;

    for (; i < SESSION_TAG && tag[i]; i++)
        to[i] = (unsigned char)tag[i] <= ' ' || tag[i] == 0x7f ? '.' : tag[i];
    to[i] = 0;
}

struct session *session_open(struct sessions *sessions, const char *tag)
{
    for (unsigned i = 0; i < SESSIONS_MAX; i++) {
        struct session *s = &sessions->table[i];
        if (!s->open) {
            *s = (struct session){.open = true};
            copy_tag(s->tag, tag[0] ? tag : "?");
            line_init(&s->line, s->tag);
            return s;
        }
    }
    return NULL;
}

void session_close(struct session *session, const struct line_sink *sink)
{
    line_end(&session->line, sink);
    session->open = false;
}

unsigned sessions_count(const struct sessions *sessions)
{
    unsigned count = 0;

    for (unsigned i = 0; i < SESSIONS_MAX; i++)
        count += sessions->table[i].open;
    return count;
}

static long vcon_write(struct session *session, const uint64_t *mr, unsigned words,
                       const struct line_sink *sink)
{
    if (words < 2 || mr[1] > 8ull * (words - 2))
        return -L4_EMSGTOOSHORT;
    if (mr[1] > L4_LOG_WRITE_MAX)
        return -L4_EMSGTOOLONG;
    line_write(&session->line, (const char *)&mr[2], mr[1], sink);
    return 0;
}

struct vcon_reply session_vcon(struct session *session, const uint64_t *mr, unsigned words,
                               const struct line_sink *sink)
{
    struct vcon_reply reply = {.label = 0};

    if (words < 1)
        return (struct vcon_reply){.label = -L4_EMSGTOOSHORT};
    switch (mr[0] & 0xffff) {
    case L4_LOG_WRITE:
        reply.label = vcon_write(session, mr, words, sink);
        break;
    case L4_LOG_READ:
        reply.mr[0] = VCON_NOTHING_PENDING;
        reply.words = 1;
        break;
    case L4_LOG_SET_ATTR:
        break;
    case L4_LOG_GET_ATTR:
        reply.words = 4;
        break;
    default:
        reply.label = -L4_ENOSYS;
    }
    return reply;
}

void sessions_books(const struct sessions *sessions, FILE *to)
{
    struct books_row rows[2 * SESSIONS_MAX];
    unsigned count = 0;

    for (unsigned i = 0; i < SESSIONS_MAX; i++) {
        const struct session *s = &sessions->table[i];
        if (s->open)
            rows[count++] = (struct books_row){s->tag, "session", 1, 0};
        if (s->open && s->reads)
            rows[count++] = (struct books_row){s->tag, "reader", 1, 0};
    }
    books_write(to, "log", rows, count);
}
