/* SPDX-License-Identifier: BSD-2-Clause */
#include <string.h>
#include "server.h"

enum { FIRST_SLOT = 0x400, SLOTS = 256, OBJECTS = 8 };

struct ipc_server sample;
struct ipc_object *sample_base_object, *sample_irq;
volatile unsigned sample_gone, sample_ticks, sample_interrupts, sample_waiting;
volatile bool sample_local;
char sample_page[4096] __attribute__((aligned(4096)));

static struct ipc_object objects[OBJECTS];
static struct ipc_reply_slot replies[REPLIES];
static struct ipc_later waiting[REPLIES];
static volatile bool ready;
static const struct ipc_kind session_kind;

/* Any call overwrites the UTCB: parameters must not live there. */
static void nested_call(void)
{
    l4_cap_valid(L4_BASE_LOG_CAP);
    memset(l4_utcb()->mr, 0x5a, sizeof(l4_utcb()->mr));
}

static long op_scalars(struct ipc_call *call, bool a, uint8_t b, uint16_t c, uint32_t d, uint64_t e,
                       int32_t f, int64_t g, uint64_t h, bool *i, uint8_t *j, uint16_t *k,
                       uint32_t *l, uint64_t *m, int32_t *n, int64_t *o, uint64_t *p)
{
    (void)call;
    nested_call();
    *i = !a, *j = (uint8_t)~b, *k = (uint16_t)~c, *l = ~d, *m = ~e, *n = ~f, *o = ~g, *p = ~h;
    return 0;
}

static long op_text(struct ipc_call *call, const char *from, char *to)
{
    size_t length = strlen(from);

    (void)call;
    nested_call();
    to[0] = '<';
    memcpy(to + 1, from, length);
    to[length + 1] = '>';
    return 0;
}

static long op_caps(struct ipc_call *call, struct ipc_cap_in *a, struct ipc_cap_in *b,
                    struct ipc_cap_out *c, struct ipc_cap_out *d)
{
    nested_call();
    if (!a->local && !ipc_kernel_valid(a->slot))
        return -L4_EIO;
    ipc_gate_out(call, sample_base_object, L4_CAP_RWSD, c);
    ipc_slot_out(b->slot, L4_CAP_RWSD, d);
    return 0;
}

static long op_sets(struct ipc_call *call, struct ipc_cap_in *first, struct ipc_capset *given,
                    struct ipc_cap_out *second, struct ipc_capset *taken)
{
    (void)call;
    nested_call();
    ipc_slot_out(first->slot, L4_CAP_R, second);
    *taken = *given;
    return 0;
}

static long op_pages(struct ipc_call *call, uint32_t count, uint64_t *size,
                     struct ipc_page *memory, uint32_t *memory_count)
{
    (void)call;
    nested_call();
    *size = count * L4_PAGE_SIZE;
    *memory_count = count;
    for (uint32_t i = 0; i < count && i < 3; i++)
        memory[i] = (struct ipc_page){i * L4_PAGE_SIZE,
                                      l4_fpage_mem((uint64_t)sample_page, 12, L4_FPAGE_R), 0};
    return 0;
}

static long op_nothing(struct ipc_call *call)
{
    (void)call;
    nested_call();
    return 0;
}

static long op_open(struct ipc_call *call, uint32_t how, struct ipc_cap_out *session)
{
    struct ipc_object *object;
    long result = ipc_object_create(call->server, &session_kind, NULL, &object);

    if (result < 0)
        return result;
    ipc_gate_out(call, object, L4_CAP_RW, session);
    return how == 1 ? -L4_EBUSY : 0;
}

static long op_wait(struct ipc_call *call, const char *key, uint32_t *value, char *note)
{
    (void)key, (void)value, (void)note;
    long result = ipc_defer(call, &waiting[sample_waiting]);
    if (result < 0)
        return result;
    sample_waiting++;
    return IPC_LATER;
}

static long op_register(struct ipc_call *call, struct ipc_cap_in *service)
{
    nested_call();
    sample_local = ipc_local_object(call->server, service) == sample_base_object;
    return 0;
}

static void session_gone(struct ipc_server *server, struct ipc_object *object)
{
    (void)server, (void)object;
    sample_gone++;
}

/* Page faults: whatever is missing is the sample page. */
static long fault(struct ipc_call *call)
{
    struct l4_utcb *utcb = ipc_utcb();
    uint64_t address = utcb->mr[0];

    if (l4_msgtag_label(call->tag) != L4_PROTO_PAGE_FAULT)
        return -L4_EPERM;
    nested_call();
    utcb->mr[0] = (address & L4_PAGE_MASK) | L4_ITEM_MAP;
    utcb->mr[1] = l4_fpage_mem((uint64_t)sample_page, 12, L4_FPAGE_R).raw;
    ipc_foreign_reply(call, 0, 0, 1);
    return 0;
}

static void interrupt(struct ipc_server *server, struct ipc_object *object)
{
    (void)object;
    sample_interrupts++;
    while (sample_waiting > 0) {
        sample_waiting--;
        sample_wait_reply(server, &waiting[sample_waiting], 0, 10 + sample_waiting, "note");
    }
}

static void tick(struct ipc_server *server)
{
    if (++sample_ticks < 3)
        server->deadline_us = ipc_kernel_clock(server->kip) + 2000;
}

static const struct sample_ops ops = {
    .scalars = op_scalars, .text = op_text, .caps = op_caps, .sets = op_sets, .pages = op_pages,
    .nothing = op_nothing, .open = op_open, .wait = op_wait, .register_ = op_register,
};
static const struct sample_ops session_ops = {.nothing = op_nothing};
static const struct ipc_kind base_kind = {.name = "base", .dispatch = sample_dispatch, .ops = &ops,
                                          .foreign = fault, .interrupt = interrupt};
static const struct ipc_kind session_kind = {.name = "session", .dispatch = sample_dispatch,
                                             .ops = &session_ops, .gone = session_gone};

static void serve(struct worker *w)
{
    sample = (struct ipc_server){
        .name = "sample", .thread = w->cap, .factory = L4_BASE_FACTORY_CAP, .id = 2,
        .objects = objects, .object_count = OBJECTS, .replies = replies, .reply_count = REPLIES,
        .reply_first = 40, .capset_order = 2, .kip = test_kip(), .tick = tick};
    w->result = ipc_server_init(&sample);
    if (w->result == 0)
        w->result = ipc_service_create(&sample, &base_kind, NULL, &sample_base_object);
    if (w->result == 0)
        w->result = ipc_irq_create(&sample, &base_kind, NULL, &sample_irq);
    ready = w->result == 0;
    if (ready)
        w->result = ipc_serve(&sample);
}

bool sample_start(struct worker *w, unsigned priority)
{
    for (unsigned i = 0; i < SLOTS; i++)
        l4_cap_delete(l4_cap(FIRST_SLOT + i));
    slots_init(FIRST_SLOT, SLOTS);
    memset(objects, 0, sizeof(objects));
    memset(replies, 0, sizeof(replies));
    sample_gone = sample_ticks = sample_interrupts = sample_waiting = 0;
    memset(sample_page, 0x77, sizeof(sample_page));
    ready = false;
    return worker_start(w, &own_task, serve, priority) && ready;
}

void sample_answer(void)
{
    l4_irq_trigger(sample_irq->gate);
}
