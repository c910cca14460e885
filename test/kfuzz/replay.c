/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Sequences of calls as text. A line is: thread, then in hexadecimal selector, tag, time-outs,
 * label, BDR, the MRs, `:` and the BRs; what is left out is 0. `#` begins a comment. A failing run
 * prints the last calls of each thread like this.
 */
#include "kfuzz.h"

enum { LINES = 200, TURN_US = 100 };

static struct line {
    unsigned thread;
    struct record record;
} lines[LINES];
static unsigned count;
static volatile unsigned turn[TASKS];

bool replay_wanted(void)
{
    return count > 0;
}

void replay_forget(void)
{
    count = 0;
}

/* --- reading --- */

struct text {
    const char *at, *end;
};

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r';
}

static bool read_number(struct text *t, uint64_t *number)
{
    while (t->at < t->end && is_blank(*t->at))
        t->at++;
    const char *start = t->at;
    for (*number = 0; t->at < t->end; t->at++) {
        char c = *t->at;
        unsigned digit = c >= '0' && c <= '9' ? (unsigned)(c - '0')
                         : c >= 'a' && c <= 'f' ? (unsigned)(c - 'a' + 10) : 16;
        if (digit == 16)
            break;
        *number = *number << 4 | digit;
    }
    return t->at > start;
}

static bool read_line(struct text *t)
{
    uint64_t thread, *fields[] = {NULL, NULL, NULL, NULL, NULL};
    struct record *r = &lines[count].record;
    *r = (struct record){0};
    if (count == LINES || !read_number(t, &thread) || thread >= THREADS)
        return false;
    lines[count].thread = (unsigned)thread;
    fields[0] = &r->selector;
    fields[1] = &r->tag;
    fields[2] = &r->timeouts;
    fields[3] = &r->label;
    fields[4] = &r->bdr;
    for (unsigned i = 0; i < 5; i++)
        if (!read_number(t, fields[i]))
            return false;
    for (unsigned i = 0; i < RECORD_MRS && read_number(t, &r->mr[i]); i++)
        ;
    if (t->at < t->end && *t->at == ':')
        t->at++;
    for (unsigned i = 0; i < 4 && read_number(t, &r->br[i]); i++)
        ;
    count++;
    return true;
}

bool replay_read(const char *text, size_t size)
{
    struct text t = {text, text + size};
    count = 0;
    turn[0] = turn[1] = 0;
    while (t.at < t.end && *t.at) {
        bool empty = *t.at == '#' || *t.at == '\n';
        if (!empty && !read_line(&t))
            return false;
        while (t.at < t.end && *t.at && *t.at++ != '\n')
            ;
    }
    return count > 0;
}

/* --- doing --- */

/*
 * The children cannot see each other's turns: each task counts its own lines only. A line of the
 * other task is passed after a while.
 */
void replay_thread(struct fuzzer *f)
{
    volatile unsigned *now = &turn[f->index / PER_TASK];
    struct l4_utcb *u = l4_utcb();
    unsigned at = *now;
    if (at >= count) {
        progress.steps = progress.limit;
        return;
    }
    const struct line *line = &lines[at];
    if (line->thread != f->index) {
        l4_sleep_us(TURN_US);
        bool others = line->thread / PER_TASK != f->index / PER_TASK;
        if (others && f->index % PER_TASK == 0 && *now == at)
            *now = at + 1;
        return;
    }
    *now = at + 1;
    u->bdr = line->record.bdr;
    for (unsigned i = 0; i < RECORD_MRS; i++)
        u->mr[i] = line->record.mr[i];
    for (unsigned i = 0; i < 4; i++)
        u->br[i] = line->record.br[i];
    uint64_t label = line->record.label;
    l4_invoke(line->record.selector, (l4_msgtag_t){line->record.tag}, &label,
              (l4_timeouts_t){(uint32_t)line->record.timeouts});
}

/* --- writing --- */

void replay_print_hex(uint64_t v)
{
    char digits[20], *p = digits + sizeof digits;
    *--p = 0;
    do {
        *--p = "0123456789abcdef"[v & 15];
        v >>= 4;
    } while (v);
    *--p = ' ';
    print(p);
}

void replay_print(const struct fuzzer *f)
{
    unsigned first = f->made > RING ? f->made - RING : 0;
    for (unsigned i = first; i < f->made; i++) {
        const struct record *r = &f->ring[i % RING];
        print_number(f->index);
        replay_print_hex(r->selector);
        replay_print_hex(r->tag);
        replay_print_hex(r->timeouts);
        replay_print_hex(r->label);
        replay_print_hex(r->bdr);
        for (unsigned j = 0; j < RECORD_MRS; j++)
            replay_print_hex(r->mr[j]);
        print(" :");
        for (unsigned j = 0; j < 4; j++)
            replay_print_hex(r->br[j]);
        print("\n");
    }
}
