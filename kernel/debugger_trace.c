/* SPDX-License-Identifier: BSD-2-Clause */
#include "debugger_trace.h"
#include "dump.h"
#include "print.h"
#include "string.h"
#include "thread.h"
#include "x86_64/timer.h"
#include "x86_64/trap.h"

enum record_kind { RECORD_MESSAGE, RECORD_NOTE };

struct record {
    uint64_t us, thread; /* kernel clock; id of who sends or notes */
    enum record_kind kind;
    union {
        struct {
            uint64_t partner, label, word; /* id or 0; for the receiver; MR[0] */
            l4_msgtag_t tag, result;
            unsigned error;                /* IPC error code, if the result says so */
            uint8_t flags, state;          /* L4_SYSF_*, THREAD_* afterwards */
            bool fault, exception;         /* the kernel calls for the thread */
        } message;
        struct {
            uint64_t values[3];
            bool has_values;
            char text[TRACE_TEXT];
        } note;
    };
};

static struct record ring[TRACE_RECORDS];
static uint64_t written; /* ring[written % TRACE_RECORDS] is next */

bool trace_on;

static struct record *next(const struct thread *by, enum record_kind kind)
{
    struct record *r = &ring[written++ % TRACE_RECORDS];
    memset(r, 0, sizeof *r);
    r->us = timer_now();
    r->thread = by->object.id;
    r->kind = kind;
    return r;
}

/* What became of it so far. @t is still there, even if it has killed itself. */
static void complete(struct record *r, const struct thread *t, unsigned flags)
{
    r->message.partner = t->ipc.partner;
    r->message.label = t->ipc.label;
    r->message.flags = (uint8_t)flags;
    r->message.state = (uint8_t)t->state;
    r->message.result.raw = t->regs.rax;
    if (t->state == THREAD_READY)
        r->message.error = (unsigned)t->utcb->error;
}

static struct l4_exc_regs *recording_syscall(void)
{
    struct thread *t = current;
    struct record *r = next(t, RECORD_MESSAGE);
    r->message.tag.raw = t->regs.rax;
    r->message.word = t->utcb->mr[0];
    unsigned flags = t->regs.rdx & 0xf;
    r->message.flags = (uint8_t)flags;
    t->ipc.partner = 0;
    /* Does not return if it is interrupted (work.h): then r stays as it is. */
    struct l4_exc_regs *frame = syscall_from_user();
    complete(r, t, flags);
    return frame;
}

void trace_kernel_call(const struct thread *t)
{
    struct record *r = next(t, RECORD_MESSAGE);
    r->message.tag = t->ipc.tag;
    r->message.word = t->utcb->mr[0];
    r->message.fault = t->ipc.kind == IPC_PAGE_FAULT;
    r->message.exception = !r->message.fault;
    complete(r, t, L4_SYSF_CALL);
}

void trace_switch(bool on)
{
    trace_on = on;
    syscall_handler = syscall_plain = on ? recording_syscall : syscall_from_user;
}

void trace_note(const struct thread *by, struct trace_note note)
{
    struct record *r = next(by, RECORD_NOTE);
    memcpy(r->note.text, note.text, min_u64(note.size, TRACE_TEXT));
    r->note.has_values = note.values;
    if (note.values)
        memcpy(r->note.values, note.values, sizeof r->note.values);
}

void trace_clear(void)
{
    written = 0;
}

static void dump_id(const char *what, uint64_t id)
{
    const struct object *o = dump_find(id);
    if (!id || (o && o->name[0]))
        dump_object(what, o);
    else
        kprintf(" %s=%lu(%s)", what, id, o ? o->type->name : "gone");
}

static void dump_tag(const char *what, l4_msgtag_t tag)
{
    kprintf(" %s=%ld/%u/%u", what, l4_msgtag_label(tag), l4_msgtag_words(tag),
            l4_msgtag_items(tag));
}

static void dump_message(const struct record *r)
{
    static const char *const phases[] = {"switch", "send", "receive", "call", "", "", "wait",
                                         "send+wait", "", "reply", "", "reply+receive", "", "", "",
                                         "reply+wait"};
    static const char *const states[] = {"unfinished", "", "sending", "receiving", "down", "dead"};
    bool kernel_made = r->message.fault || r->message.exception;
    kprintf(" %s", r->message.fault ? "page-fault" : r->message.exception ? "exception"
                                                     : phases[r->message.flags & 0xf]);
    if (r->message.flags & L4_SYSF_SEND) {
        dump_id("to", r->message.partner);
        dump_tag("tag", r->message.tag);
        kprintf(" label=%lx word=%lx", r->message.label, r->message.word);
    } else if (!(r->message.flags & L4_SYSF_OPEN_WAIT)) {
        dump_id("from", r->message.partner);
    }
    kprintf(" ->");
    if (r->message.state != THREAD_READY || kernel_made)
        kprintf(" %s", states[r->message.state]);
    else if (l4_msgtag_has_error(r->message.result))
        kprintf(" error=%x", r->message.error);
    else
        dump_tag("tag", r->message.result);
}

static void dump_note(const struct record *r)
{
    kprintf(" note \"%.40s\"", r->note.text);
    for (unsigned i = 0; r->note.has_values && i < ARRAY_SIZE(r->note.values); i++)
        kprintf(" %lx", r->note.values[i]);
}

void trace_dump(void)
{
    for (uint64_t i = written > TRACE_RECORDS ? written - TRACE_RECORDS : 0; i < written; i++) {
        const struct record *r = &ring[i % TRACE_RECORDS];
        kprintf("kdb: %lu us", r->us);
        dump_id("thread", r->thread);
        r->kind == RECORD_NOTE ? dump_note(r) : dump_message(r);
        kprintf("\n");
    }
    kprintf("kdb: %lu records, recording is %s\n", written, trace_on ? "on" : "off");
}
