/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "test/unit/idl/kernel.h"

#define QUEUE 16
#define REPLY_SLOTS 16
#define RULE(condition, text)                                                   \
    do {                                                                        \
        if (!(condition)) {                                                     \
            fprintf(stderr, "pretended kernel, line %d: %s\n", __LINE__, text); \
            abort();                                                            \
        }                                                                       \
    } while (0)

/* A caller; its reply is delivered by setting done. */
struct caller {
    struct fake_task *task;
    bool done;
    l4_msgtag_t tag;
};

struct message {
    struct fake_task *task; /* null: interrupt */
    struct l4_utcb utcb;    /* as it was when it was sent */
    uint64_t label;
    l4_msgtag_t tag;
    struct caller *caller; /* null: sent without waiting */
};

struct fake_task fake_server, fake_clients[FAKE_CLIENTS];
struct fake_page fake_pages[16];
unsigned fake_page_count, fake_waits;
uint64_t fake_clock, fake_reply_error;
void (*fake_idle)(void);

static struct ipc_server *server;
static struct fake_task *current;
static struct fake_object objects[2048];
static unsigned object_count;
static struct message queue[QUEUE];
static unsigned queued;
static struct caller *replies[REPLY_SLOTS];
static uint64_t deletion_label;

void fake_reset(struct ipc_server *new_server)
{
    memset(&fake_server, 0, sizeof(fake_server));
    memset(fake_clients, 0, sizeof(fake_clients));
    memset(objects, 0, sizeof(objects));
    memset(replies, 0, sizeof(replies));
    object_count = queued = fake_page_count = fake_waits = 0;
    fake_clock = 1000000;
    fake_reply_error = deletion_label = 0;
    fake_idle = NULL;
    server = new_server;
    current = &fake_server;
}

static void free_all_slots(void)
{
    static bool ready;

    if (!ready)
        slots_init(FAKE_FIRST_SLOT, FAKE_FREE_SLOTS);
    ready = true;
    for (unsigned i = 0; i < FAKE_FREE_SLOTS; i++)
        slots_free(l4_cap(FAKE_FIRST_SLOT + i));
}

struct ipc_object *fake_start(struct ipc_server *fresh, const struct ipc_kind *kind)
{
    struct ipc_object *base = NULL;

    free_all_slots();
    memset(fresh->objects, 0, fresh->object_count * sizeof(fresh->objects[0]));
    memset(fresh->replies, 0, fresh->reply_count * sizeof(fresh->replies[0]));
    *fresh = (struct ipc_server){
        .name = fresh->name, .id = fresh->id, .kip = fresh->kip, .tick = fresh->tick,
        .thread = L4_BASE_THREAD_CAP, .factory = L4_BASE_FACTORY_CAP,
        .objects = fresh->objects, .object_count = fresh->object_count,
        .replies = fresh->replies, .reply_count = fresh->reply_count,
        .reply_first = fresh->reply_first,
        .capset_order = fresh->capset_order};
    fake_reset(fresh);
    RULE(ipc_server_init(fresh) == 0, "the server starts");
    RULE(ipc_service_create(fresh, kind, NULL, &base) == 0, "its base gate");
    return base;
}

struct fake_task *fake_enter(struct fake_task *task)
{
    struct fake_task *before = current;

    current = task;
    return before;
}

struct l4_utcb *ipc_utcb(void)
{
    return &current->utcb;
}

/* Kernel operations may overwrite message and buffer registers. */
static void scribble(void)
{
    memset(current->utcb.mr, 0xa5, sizeof(current->utcb.mr));
    memset(current->utcb.br, 0xa5, sizeof(current->utcb.br));
    current->utcb.bdr = ~0ull;
}

/* --- capabilities --- */

struct fake_cap *fake_slot(struct fake_task *task, l4_cap_t slot)
{
    RULE(l4_cap_index(slot) > 0 && l4_cap_index(slot) < FAKE_SLOTS, "slot number");
    return &task->slots[l4_cap_index(slot)];
}

static void empty_everywhere(const struct fake_object *object, struct fake_task *task)
{
    for (unsigned i = 0; i < FAKE_SLOTS; i++)
        if (task->slots[i].object == object)
            task->slots[i] = (struct fake_cap){0};
}

static void object_die(struct fake_object *object)
{
    object->alive = false;
    empty_everywhere(object, &fake_server);
    for (unsigned i = 0; i < FAKE_CLIENTS; i++)
        empty_everywhere(object, &fake_clients[i]);
    if (object->bound == &fake_server && !object->is_irq && deletion_label)
        fake_queue_irq(deletion_label);
}

static void put(struct fake_task *task, l4_cap_t slot, struct fake_cap cap)
{
    struct fake_cap *target = fake_slot(task, slot);

    RULE(!target->object, "something is mapped over something");
    *target = cap;
    if (!cap.weak)
        cap.object->counted++;
}

void fake_drop(struct fake_task *task, l4_cap_t slot)
{
    struct fake_cap *cap = fake_slot(task, slot);
    struct fake_object *object = cap->object;
    bool weak = cap->weak;

    *cap = (struct fake_cap){0};
    if (object && !weak && --object->counted == 0)
        object_die(object);
}

static struct fake_object *new_object(struct fake_task *task, l4_cap_t slot, unsigned rights)
{
    unsigned i = 0;

    while (i < object_count && objects[i].alive) /* entries of dead objects are used again */
        i++;
    RULE(i < sizeof(objects) / sizeof(objects[0]), "out of objects");
    object_count += i == object_count;
    struct fake_object *object = &objects[i];
    *object = (struct fake_object){.alive = true};
    put(task, slot, (struct fake_cap){object, rights, false});
    return object;
}

struct fake_object *fake_make(struct fake_task *task, l4_cap_t slot, unsigned rights)
{
    return new_object(task, slot, rights);
}

void fake_give(l4_cap_t from, struct fake_task *task, l4_cap_t to, unsigned rights)
{
    struct fake_cap *cap = fake_slot(&fake_server, from);

    RULE(cap->object, "nothing to give");
    put(task, to, (struct fake_cap){cap->object, cap->rights & rights, false});
}

long ipc_kernel_gate(l4_cap_t factory, l4_cap_t slot, l4_cap_t thread, uint64_t label)
{
    (void)factory, (void)thread;
    RULE((label & 3) == 0, "low label bits");
    struct fake_object *object = new_object(current, slot, L4_CAP_RWSD);
    object->label = label;
    object->bound = current;
    scribble();
    return 0;
}

long ipc_kernel_bind(l4_cap_t gate, l4_cap_t thread, uint64_t label)
{
    struct fake_object *object = fake_slot(current, gate)->object;

    (void)thread;
    scribble();
    if (!object)
        return -(L4_EIPC + L4_IPC_ENOT_EXISTENT);
    object->label = label;
    object->bound = current;
    return 0;
}

long ipc_kernel_uncount(l4_cap_t gate)
{
    struct fake_cap *cap = fake_slot(current, gate);

    RULE(cap->object && !cap->weak, "uncount");
    cap->weak = true;
    cap->object->counted--;
    scribble();
    return 0;
}

long ipc_kernel_irq(l4_cap_t factory, l4_cap_t slot, l4_cap_t thread, uint64_t label)
{
    long result = 0;

    (void)factory, (void)thread;
    struct fake_object *object = new_object(current, slot, L4_CAP_RWSD);
    object->is_irq = true;
    object->label = label;
    object->bound = current;
    scribble();
    return result;
}

long ipc_kernel_deletion_irq(l4_cap_t thread, l4_cap_t irq)
{
    (void)thread;
    if (deletion_label)
        return -L4_EBUSY;
    deletion_label = fake_slot(current, irq)->object->label;
    scribble();
    return 0;
}

bool ipc_kernel_valid(l4_cap_t slot)
{
    scribble();
    return fake_slot(current, slot)->object != NULL;
}

void ipc_kernel_release(const l4_cap_t *slots, unsigned count)
{
    for (unsigned i = 0; i < count; i++)
        fake_drop(current, slots[i]);
    scribble();
}

void ipc_kernel_release_range(l4_cap_t task, l4_fpage_t range)
{
    (void)task;
    for (unsigned i = 0; i < 1u << l4_fpage_order(range); i++)
        fake_drop(current, l4_fpage_address(range) + i * L4_CAP_OFFSET);
    scribble();
}

void ipc_kernel_delete(l4_cap_t slot)
{
    struct fake_cap *cap = fake_slot(current, slot);

    RULE(!cap->object || (cap->rights & L4_CAP_D), "delete without D");
    if (cap->object)
        object_die(cap->object);
    scribble();
}

long ipc_kernel_copy(l4_cap_t from, l4_cap_t to, bool weak)
{
    struct fake_cap *cap = fake_slot(current, from);

    if (cap->object)
        put(current, to, (struct fake_cap){cap->object, cap->rights & L4_CAP_RWS, weak});
    scribble();
    return 0;
}

uint64_t ipc_kernel_clock(const struct l4_kip *kip)
{
    (void)kip;
    return fake_clock;
}

/* --- messages --- */

struct window {
    uint64_t word0;
    l4_fpage_t fpage;
};

struct transfer {
    struct fake_task *from, *to;
    unsigned next[4];        /* BR index of the next receive item, by flexpage type */
    struct window window[4]; /* the last one used */
    bool cont[4];            /* ... and the next item uses it again */
};

static bool next_window(struct transfer *t, enum l4_fpage_type type)
{
    const uint64_t *br = t->to->utcb.br;
    unsigned at = t->next[type];

    if (t->cont[type])
        return true;
    if (at >= L4_UTCB_BR || br[at] == 0)
        return false;
    t->window[type] = (struct window){br[at], {0}};
    if (br[at] & L4_RCV_SMALL)
        t->window[type].fpage = l4_fpage_obj(br[at] & L4_PAGE_MASK, 0, 0);
    else
        t->window[type].fpage.raw = br[++at];
    if (t->window[type].word0 & L4_RCV_FORWARD)
        at++;
    t->next[type] = at + 1;
    return true;
}

/* Maps capabilities; returns the result kind, and word 1 where that says something. */
static uint64_t map_objects(struct transfer *t, l4_fpage_t sent, uint64_t hot, uint64_t *word1)
{
    struct window *w = &t->window[L4_FPAGE_OBJ];
    unsigned so = l4_fpage_order(sent), ro = l4_fpage_order(w->fpage);
    uint64_t first = l4_fpage_index(sent), target = l4_fpage_index(w->fpage);
    uint64_t result = L4_RESULT_NOTHING;

    if (ro >= so)
        target += hot % (1u << ro) & ~((1ull << so) - 1);
    for (uint64_t i = 0; i < 1u << (so < ro ? so : ro); i++) {
        struct fake_cap cap = first + i < FAKE_SLOTS ? t->from->slots[first + i] : (struct fake_cap){0};
        unsigned rights = cap.rights & l4_fpage_rights(sent);
        if ((w->word0 & L4_RCV_LOCAL_ID) && t->from == t->to) {
            *word1 = sent.raw;
            return L4_RESULT_FPAGE;
        }
        if (!cap.object || !(rights & L4_CAP_R))
            continue;
        if ((w->word0 & L4_RCV_LOCAL_ID) && cap.object->bound == t->to) {
            *word1 = cap.object->label | (rights & (L4_CAP_W | L4_CAP_S));
            return L4_RESULT_LABEL;
        }
        if (t->cont[L4_FPAGE_OBJ]) /* a hostile sender maps twice into one slot (ABI 2.5) */
            fake_drop(t->to, l4_cap(target + i));
        put(t->to, l4_cap(target + i), (struct fake_cap){cap.object, rights, false});
        result = L4_RESULT_MAPPED;
    }
    return result;
}

static void note_page(struct transfer *t, uint64_t word0, l4_fpage_t sent)
{
    if (fake_page_count < 16)
        fake_pages[fake_page_count++] = (struct fake_page){
            t->to, word0, sent, t->window[L4_FPAGE_MEMORY].fpage.raw};
}

/* Copies words and items; false if a receive item was missing (the message is cut). */
static bool transfer(struct fake_task *from, const struct l4_utcb *sent, struct fake_task *to,
                     l4_msgtag_t tag)
{
    struct transfer t = {.from = from, .to = to};
    unsigned words = l4_msgtag_words(tag);
    struct l4_utcb *got = &to->utcb;

    t.next[L4_FPAGE_MEMORY] = got->bdr & 0x1f;
    t.next[L4_FPAGE_IO] = got->bdr >> 5 & 0x1f;
    t.next[L4_FPAGE_OBJ] = got->bdr >> 10 & 0x1f;
    memcpy(got->mr, sent->mr, words * 8);
    for (unsigned i = 0; i < l4_msgtag_items(tag) && words + 2 * i + 2 <= L4_MAX_WORDS; i++) {
        uint64_t word0 = sent->mr[words + 2 * i], word1 = 0, kind = L4_RESULT_MAPPED;
        l4_fpage_t fpage = {sent->mr[words + 2 * i + 1]};
        enum l4_fpage_type type = l4_fpage_type(fpage);

        got->mr[words + 2 * i] = 0;
        if (word0 == 0)
            continue;
        if (!(word0 & L4_ITEM_MAP) || type == L4_FPAGE_SPECIAL || !next_window(&t, type))
            return false;
        if (type == L4_FPAGE_OBJ)
            kind = map_objects(&t, fpage, word0 >> 12, &word1);
        else
            note_page(&t, word0, fpage);
        t.cont[type] = word0 & L4_ITEM_CONT;
        got->mr[words + 2 * i] = (word0 & ~0xff6ull) | (fpage.raw & 0xff0) | kind | L4_ITEM_MAP;
        got->mr[words + 2 * i + 1] = word1;
    }
    return true;
}

static struct message *queue_message(struct fake_task *task, uint64_t label, l4_msgtag_t tag)
{
    RULE(queued < QUEUE, "queue is full");
    struct message *m = &queue[queued++];
    *m = (struct message){.task = task, .label = label, .tag = tag};
    if (task)
        m->utcb = task->utcb;
    return m;
}

void fake_queue_send(struct fake_task *task, uint64_t label, l4_msgtag_t tag)
{
    queue_message(task, label, tag);
}

void fake_queue_irq(uint64_t label)
{
    queue_message(NULL, label, (l4_msgtag_t){0});
    /* Interrupts come first. */
    struct message irq = queue[queued - 1];
    memmove(&queue[1], &queue[0], (queued - 1) * sizeof(queue[0]));
    queue[0] = irq;
}

long fake_run(void)
{
    struct fake_task *before = fake_enter(&fake_server);
    long result = ipc_serve(server);

    fake_enter(before);
    return result;
}

/* --- the server's side of the system call --- */

static l4_msgtag_t fail(uint64_t code)
{
    current->utcb.error = code;
    return (l4_msgtag_t){L4_MSGTAG_ERROR};
}

static void check_sent_rights(l4_msgtag_t tag, const struct l4_utcb *utcb)
{
    unsigned words = l4_msgtag_words(tag);

    for (unsigned i = 0; i < l4_msgtag_items(tag); i++) {
        l4_fpage_t f = {utcb->mr[words + 2 * i + 1]};
        if (l4_fpage_type(f) == L4_FPAGE_OBJ)
            RULE(!(l4_fpage_rights(f) & L4_CAP_D), "D is passed on");
    }
}

/* 0, or the IPC code with which the reply fails. */
static uint64_t reply(unsigned slot, l4_msgtag_t tag, l4_timeouts_t timeouts)
{
    struct caller *caller = replies[slot];
    uint64_t code = fake_reply_error;
    bool whole;

    RULE(timeouts.raw >> 16 == L4_TIMEOUT_ZERO, "a reply that could wait");
    check_sent_rights(tag, &fake_server.utcb);
    replies[slot] = NULL;
    fake_reply_error = 0;
    if (code)
        return code;
    if (!caller)
        return L4_IPC_ENOT_EXISTENT;
    whole = transfer(&fake_server, &fake_server.utcb, caller->task, tag);
    caller->tag = tag;
    caller->done = true;
    if (!whole) {
        caller->tag.raw |= L4_MSGTAG_ERROR;
        caller->task->utcb.error = L4_IPC_REMSGCUT;
        return L4_IPC_SEMSGCUT;
    }
    return 0;
}

bool fake_receive_slots_empty(void)
{
    for (unsigned i = 0; i < IPC_MAX_IN_CAPS; i++)
        if (fake_slot(&fake_server, server->receive[i])->object)
            return false;
    for (unsigned i = 0; server->capset_order && i < 1u << server->capset_order; i++)
        if (fake_slot(&fake_server, server->capset_window + i * L4_CAP_OFFSET)->object)
            return false;
    return true;
}

static l4_msgtag_t wait(unsigned slot, bool replied, uint64_t *label, l4_timeouts_t timeouts)
{
    struct message m;
    bool whole;

    RULE(!replies[slot], "wait with an occupied reply slot");
    RULE(fake_receive_slots_empty(), "a receive slot is not empty");
    fake_waits++;
    if (queued == 0 && (timeouts.raw & 0xffff) != L4_TIMEOUT_NEVER) {
        fake_clock = server->deadline_us;
        return fail(L4_IPC_RETIMEOUT);
    }
    if (queued == 0) /* a plain wait ends ipc_serve(); a reply has been sent, so not yet */
        return fail(replied ? L4_IPC_RECANCELED : L4_IPC_NO_REPLY_CAP);
    m = queue[0];
    memmove(&queue[0], &queue[1], --queued * sizeof(queue[0]));
    *label = m.label;
    if (!m.task)
        return m.tag;
    whole = transfer(m.task, &m.utcb, &fake_server, m.tag);
    if (!whole) {
        fake_server.utcb.error = L4_IPC_REMSGCUT;
        if (m.caller) {
            m.caller->done = true;
            m.caller->tag = (l4_msgtag_t){L4_MSGTAG_ERROR};
            m.caller->task->utcb.error = L4_IPC_SEMSGCUT;
        }
        return (l4_msgtag_t){m.tag.raw | L4_MSGTAG_ERROR};
    }
    replies[slot] = m.caller;
    return m.tag;
}

static l4_msgtag_t call(struct fake_task *task, uint64_t label, l4_msgtag_t tag)
{
    struct caller caller = {.task = task};

    queue_message(task, label, tag)->caller = &caller;
    fake_run();
    if (!caller.done && fake_idle) {
        void (*idle)(void) = fake_idle;
        fake_idle = NULL;
        idle();
    }
    for (unsigned i = 0; i < REPLY_SLOTS; i++)
        if (replies[i] == &caller)
            replies[i] = NULL; /* the caller goes away: its slot empties */
    if (!caller.done)
        return fail(L4_IPC_RETIMEOUT);
    return caller.tag;
}

l4_msgtag_t fake_call(struct fake_task *task, uint64_t label, l4_msgtag_t tag)
{
    struct fake_task *before = fake_enter(task);

    tag = call(task, label, tag);
    fake_enter(before);
    return tag;
}

l4_msgtag_t ipc_invoke(l4_cap_t selector, l4_msgtag_t tag, uint64_t *label, l4_timeouts_t timeouts)
{
    unsigned slot = (unsigned)l4_cap_index(selector) - server->reply_first;
    unsigned flags = selector & 0xf;
    struct fake_cap *cap;
    uint64_t code;

    if (flags == L4_SYSF_CALL) {
        cap = fake_slot(current, selector);
        check_sent_rights(tag, &current->utcb);
        if (!cap->object)
            return fail(L4_IPC_ENOT_EXISTENT);
        return call(current, cap->object->label | (cap->rights & 3), tag);
    }
    RULE(current == &fake_server && (selector & L4_REPLY_BIT) && slot < server->reply_count,
         "the server names a reply slot of its own");
    if (flags & L4_SYSF_REPLY) {
        code = reply(slot, tag, timeouts);
        if (code)
            return fail(code);
    }
    return flags & L4_SYSF_RECV ? wait(slot, flags & L4_SYSF_REPLY, label, timeouts) : tag;
}
