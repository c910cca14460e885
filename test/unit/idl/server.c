/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "test/unit/idl/server.h"

struct ipc_object *sample_base_object, *sample_session;
unsigned sample_calls, sample_gone, sample_ticks, sample_interrupts, sample_foreign;
unsigned sample_later_count, sample_rights;
const char *sample_bad;
struct ipc_later sample_later[SAMPLE_REPLIES];
l4_cap_t sample_taken;
struct ipc_cap_in sample_cap_a, sample_cap_b;
enum sample_keep sample_keep;

static struct ipc_object objects[SAMPLE_OBJECTS];
static struct ipc_reply_slot replies[SAMPLE_REPLIES];
struct ipc_server sample;

static const struct ipc_kind session_kind;

/* A call to somebody else: it overwrites the UTCB, parameters must not care. */
static void nested_call(void)
{
    struct l4_utcb *utcb = ipc_utcb();

    sample_calls++;
    memset(utcb->mr, 0x5a, sizeof(utcb->mr));
    memset(utcb->br, 0x5a, sizeof(utcb->br));
    utcb->bdr = 0;
}

static void never(bool condition, const char *what)
{
    if (condition)
        sample_bad = what;
}

static long op_describe(struct ipc_call *call, uint32_t number, struct sample_base_tag *tag)
{
    (void)call;
    nested_call();
    snprintf(tag->text, sizeof(tag->text), "%u", number % 1000);
    tag->flag = number & 1;
    return 0;
}

static long op_scalars(struct ipc_call *call, bool a, uint8_t b, uint16_t c, uint32_t d, uint64_t e,
                       int32_t f, int64_t g, uint64_t h, bool *i, uint8_t *j, uint16_t *k,
                       uint32_t *l, uint64_t *m, int32_t *n, int64_t *o, uint64_t *p)
{
    unsigned char byte;

    (void)call;
    memcpy(&byte, &a, 1);
    never(byte > 1, "bool");
    nested_call();
    *i = !a, *j = (uint8_t)~b, *k = (uint16_t)~c, *l = ~d, *m = ~e, *n = ~f, *o = ~g, *p = ~h;
    return 0;
}

static long op_text(struct ipc_call *call, const char *from, char *to)
{
    (void)call;
    never(strnlen(from, 6) > 5, "text");
    nested_call();
    snprintf(to, 8, "<%s>", from);
    return 0;
}

static long op_arrays(struct ipc_call *call, const uint16_t *list, uint32_t list_count,
                      const struct sample_entry *one, const bool *flags, uint32_t flags_count,
                      uint32_t *many, uint32_t *many_count, struct sample_entry *entries,
                      uint32_t *entries_count)
{
    (void)call;
    never(list_count > 3 || flags_count > 2 || one->list_count > 2, "count");
    never(strnlen(one->name, 6) > 5 || strnlen(one->tag.text, 4) > 3, "text in a struct");
    nested_call();
    for (uint32_t i = 0; i < list_count; i++)
        many[i] = list[i] * 2u;
    *many_count = list_count;
    for (uint32_t i = 0; i < flags_count; i++) {
        entries[i] = *one;
        entries[i].on = flags[i];
    }
    *entries_count = flags_count;
    return 0;
}

/* Answers with the server's own gate and with a copy of what it was given. */
static long op_caps(struct ipc_call *call, struct ipc_cap_in *a, struct ipc_cap_in *b,
                    struct ipc_cap_out *c, struct ipc_cap_out *d)
{
    never(!a->local && !fake_slot(&fake_server, a->slot)->object, "empty capability");
    nested_call();
    sample_cap_a = *a;
    sample_cap_b = *b;
    sample_rights = call->rights;
    ipc_gate_out(call, sample_base_object, L4_CAP_RWSD, c);
    ipc_slot_out(b->local ? sample_base_object->gate : b->slot, L4_CAP_RWSD, d);
    return 0;
}

static long op_bulk(struct ipc_call *call, struct ipc_bulk_in *data, struct ipc_bulk_in *more)
{
    (void)call;
    nested_call();
    return data->offset == 0x1000 && data->length == 7 && more->offset == 0 && more->length == ~0ull
               ? 0
               : -L4_EINVAL;
}

static long op_sets(struct ipc_call *call, struct ipc_cap_in *first, struct ipc_capset *given,
                    struct ipc_cap_out *second, struct ipc_capset *taken)
{
    (void)call;
    never(given->order > sample.capset_order, "order of a set");
    nested_call();
    ipc_slot_out(first->local ? sample_base_object->gate : first->slot, L4_CAP_R, second);
    *taken = *given;
    return 0;
}

static long op_pages(struct ipc_call *call, uint32_t count, uint64_t *size,
                     struct ipc_page *memory, uint32_t *memory_count)
{
    (void)call;
    nested_call();
    *size = count * 0x1000ull;
    *memory_count = count; /* more than 3: our bug, caught on the way out */
    for (uint32_t i = 0; i < count && i < 3; i++)
        memory[i] = (struct ipc_page){i * 0x1000ull, l4_fpage_mem(0x400000 + i * 0x5000, 12, L4_FPAGE_RW),
                                      i == 0 ? L4_ITEM_UNCACHED : 0};
    return 0;
}

static long op_nothing(struct ipc_call *call)
{
    (void)call;
    nested_call();
    return 0;
}

/* how: 0 good, 1 fails after it has made the object, 2 forgets to answer, 3 the same once more. */
static long op_open(struct ipc_call *call, uint32_t how, struct ipc_cap_out *session)
{
    long result = 0;

    if (how != 3)
        result = ipc_object_create(call->server, &session_kind, &sample_gone, &sample_session);
    nested_call();
    if (result < 0)
        return result;
    if (how != 2)
        ipc_gate_out(call, sample_session, L4_CAP_RW, session);
    return how == 1 ? -L4_EBUSY : 0;
}

static long op_wait(struct ipc_call *call, const char *key, uint32_t *value, char *note)
{
    struct ipc_later later;
    long result;

    (void)value, (void)note;
    never(strnlen(key, 6) > 5, "key");
    result = ipc_defer(call, &later);
    nested_call();
    if (result < 0)
        return result;
    if (strcmp(key, "bad") == 0)
        return -L4_EINVAL; /* deferred and then failed */
    sample_later[sample_later_count++] = later;
    return IPC_LATER;
}

static long op_register(struct ipc_call *call, struct ipc_cap_in *service)
{
    nested_call();
    switch (sample_keep) {
    case KEEP_IT:
        return ipc_take_cap(call, service, &sample_taken);
    case KEEP_WEAK:
        return ipc_take_cap_weak(call, service, &sample_taken);
    default:
        return ipc_local_object(call->server, service) ? 0 : -L4_ENOENT;
    }
}

static void session_gone(struct ipc_server *server, struct ipc_object *object)
{
    (void)server;
    never(object->data != &sample_gone, "data of an object");
    sample_gone++;
}

/* Page faults: answers with the fault address plus 1, and one page. */
static long fault(struct ipc_call *call)
{
    struct l4_utcb *utcb = ipc_utcb();
    uint64_t address = utcb->mr[0];

    sample_foreign++;
    if (l4_msgtag_label(call->tag) != L4_PROTO_PAGE_FAULT)
        return -L4_EPERM;
    nested_call();
    utcb->mr[0] = address + 1;
    utcb->mr[1] = (address & L4_PAGE_MASK) | L4_ITEM_MAP;
    utcb->mr[2] = l4_fpage_mem(0x7000, 12, L4_FPAGE_R).raw;
    ipc_foreign_reply(call, 0, 1, 1);
    return 0;
}

static void interrupt(struct ipc_server *server, struct ipc_object *object)
{
    (void)server;
    never(!object->interrupt, "interrupt object");
    sample_interrupts++;
}

static void tick(struct ipc_server *server)
{
    sample_ticks++;
    if (sample_ticks < 3)
        server->deadline_us = fake_clock + 500;
}

static const struct sample_ops ops = {
    .describe = op_describe, .scalars = op_scalars, .text = op_text, .arrays = op_arrays,
    .caps = op_caps, .bulk = op_bulk, .sets = op_sets, .pages = op_pages, .nothing = op_nothing,
    .open = op_open, .wait = op_wait, .register_ = op_register,
};
static const struct sample_ops session_ops = {.nothing = op_nothing};
static const struct ipc_kind base_kind = {
    .name = "base", .dispatch = sample_dispatch, .ops = &ops, .foreign = fault,
    .interrupt = interrupt};
static const struct ipc_kind session_kind = {
    .name = "session", .dispatch = sample_dispatch, .ops = &session_ops, .gone = session_gone};

uint64_t sample_label(void)
{
    return ipc_object_label(&sample, sample_base_object) | L4_CAP_W | L4_CAP_S;
}

void sample_start(void)
{
    sample = (struct ipc_server){
        .name = "sample", .id = 3, .objects = objects, .object_count = SAMPLE_OBJECTS,
        .replies = replies, .reply_count = SAMPLE_REPLIES, .reply_first = 100,
        .capset_order = 3, .tick = tick};
    sample_calls = sample_gone = sample_ticks = sample_interrupts = sample_foreign = 0;
    sample_later_count = 0;
    sample_bad = NULL;
    sample_keep = KEEP_NOT;
    sample_base_object = fake_start(&sample, &base_kind);
    for (unsigned i = 0; i < FAKE_CLIENTS; i++)
        fake_give(sample_base_object->gate, &fake_clients[i], SERVICE, L4_CAP_RWS);
    fake_enter(CLIENT);
}
