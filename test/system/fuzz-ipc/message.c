/* SPDX-License-Identifier: BSD-2-Clause */
#include <string.h>

#include <task/slots.h>

#include "fuzz.h"
#include "idl/books.h"
#include "idl/root.h"
#include "l4sys/ipc.h"
#include "l4sys/task.h"

/** A message before it is sent. */
struct message {
    long label;
    unsigned words, items, flags;
    uint64_t mr[L4_UTCB_MR];
};

uint64_t fuzz_random(struct fuzz *f)
{
    f->state ^= f->state >> 12;
    f->state ^= f->state << 25;
    f->state ^= f->state >> 27;
    return f->state * 0x2545f4914f6cdd1dull;
}

unsigned fuzz_below(struct fuzz *f, unsigned n)
{
    return (unsigned)(fuzz_random(f) >> 33) % n;
}

bool fuzz_rarely(struct fuzz *f, unsigned n)
{
    return fuzz_below(f, n) == 0;
}

static const struct ipc_interface *interface_called(const char *name)
{
    for (unsigned i = 0; i < ipc_interface_count; i++)
        if (strcmp(ipc_interfaces[i].name, name) == 0)
            return &ipc_interfaces[i];
    return NULL;
}

static void add_item(struct message *m, uint64_t word0, uint64_t word1)
{
    if (m->words + 2 * m->items + 2 > L4_UTCB_MR)
        return;
    m->mr[m->words + 2 * m->items] = word0;
    m->mr[m->words + 2 * m->items + 1] = word1;
    m->items++;
}

/* As the operation has it; single values and capabilities may be @wrong. */
static void compose(struct fuzz *f, const struct ipc_interface *interface, unsigned opcode,
                    struct message *m, bool wrong)
{
    const struct ipc_operation *operation = &interface->operations[opcode - 1];

    *m = (struct message){.label = interface->protocol, .words = operation->request_size / 8u};
    m->mr[0] = opcode;
    fuzz_words(f, operation, m->mr, wrong);
    for (unsigned i = 0; i < operation->field_count; i++) {
        const struct ipc_field *field = &operation->fields[i];
        if (field->out || field->kind != IPC_FIELD_CAP)
            continue;
        l4_cap_t cap = fuzz_cap(f, field->name, wrong && fuzz_rarely(f, 3));
        add_item(m, L4_ITEM_MAP, l4_fpage_obj(cap, 0, field->strong ? L4_CAP_RWS : L4_CAP_RW).raw);
    }
}

/** An item that nobody wants. */
static void odd_item(struct fuzz *f, struct message *m)
{
    static char page[8192];
    uint64_t inside = ((uint64_t)page + 4095) & L4_PAGE_MASK;
    uint64_t cap = fuzz_cap(f, "", true);

    switch (fuzz_below(f, 7)) {
    case 0: add_item(m, L4_ITEM_MAP, l4_fpage_mem(inside, 12, L4_FPAGE_R).raw); break;
    case 1: add_item(m, L4_ITEM_MAP, l4_fpage_io(fuzz_below(f, 65536), 0, L4_FPAGE_RW).raw); break;
    case 2: add_item(m, 0, 0); break;
    case 3: add_item(m, L4_ITEM_MAP, l4_fpage_obj(cap, fuzz_below(f, 8), L4_CAP_RWSD).raw); break;
    case 4: add_item(m, L4_ITEM_MAP | L4_ITEM_CONT, l4_fpage_obj(cap, 0, L4_CAP_RWSD).raw); break;
    case 5: add_item(m, L4_ITEM_MAP | L4_ITEM_WEAK, l4_fpage_obj(cap, 0, L4_CAP_R).raw); break;
    default: add_item(m, fuzz_random(f) & ~L4_ITEM_GRANT, fuzz_random(f)); break;
    }
}

static void mutate(struct fuzz *f, struct message *m)
{
    static const long labels[] = {0, 1, -1, -2, -5, -6, -10, -11, -13, -14, -15, -21, 40, 0x7fff};

    switch (fuzz_below(f, 10)) {
    case 0: m->mr[0] = fuzz_rarely(f, 4) ? fuzz_random(f) : fuzz_below(f, 16); break;
    case 1: m->words = fuzz_below(f, 64); break;
    case 2: m->words -= m->words > 0; break;
    case 3: m->words += m->words < L4_UTCB_MR; break;
    case 4: m->items -= m->items > 0; break;
    case 5: m->items = fuzz_below(f, 32); break;
    case 6: odd_item(f, m); break;
    case 7: m->mr[fuzz_below(f, L4_UTCB_MR)] ^= 1ull << fuzz_below(f, 64); break;
    case 8: m->flags = (fuzz_random(f) & L4_MSGTAG_FLAGS) & ~L4_MSGTAG_ERROR; break;
    default: m->label = labels[fuzz_below(f, sizeof labels / sizeof labels[0])];
    }
}

/** Receive buffers as the reply of @operation needs them. */
static void want_all(struct fuzz *f, const struct ipc_operation *operation)
{
    struct l4_utcb *u = l4_utcb();
    unsigned at = 0, single = 0, memory;

    for (unsigned i = 0; i < operation->field_count; i++) {
        const struct ipc_field *field = &operation->fields[i];
        if (field->out && field->kind == IPC_FIELD_CAP)
            u->br[at++] = fuzz_slot(f, FUZZ_RECEIVE + single++) | L4_RCV_MAP | L4_RCV_SMALL;
        if (field->out && field->kind == IPC_FIELD_CAPSET) {
            u->br[at++] = L4_RCV_MAP;
            u->br[at++] = l4_fpage_obj(fuzz_slot(f, FUZZ_RECEIVE_SET), FUZZ_SET_ORDER, 0).raw;
        }
    }
    u->br[at++] = 0;
    memory = at;
    u->br[at++] = L4_RCV_MAP;
    u->br[at++] = l4_fpage_mem(f->window, FUZZ_WINDOW_ORDER, 0).raw;
    u->br[at] = 0;
    u->bdr = l4_bdr(memory, at, 0);
}

/** Receive buffers that do not fit, within our own slots and window. */
static void want_something(struct fuzz *f)
{
    struct l4_utcb *u = l4_utcb();

    u->br[0] = L4_RCV_MAP;
    u->br[1] = l4_fpage_obj(fuzz_slot(f, FUZZ_RECEIVE), fuzz_below(f, 8), 0).raw;
    if (fuzz_rarely(f, 3))
        u->br[1] = l4_fpage_mem(f->window, fuzz_below(f, FUZZ_WINDOW_ORDER + 1), 0).raw;
    if (fuzz_rarely(f, 3))
        u->br[0] = 0;
    if (fuzz_rarely(f, 5))
        u->br[0] |= L4_RCV_FORWARD; /* with what follows as the task */
    u->br[2] = fuzz_rarely(f, 2) ? 0 : fuzz_random(f);
    u->br[3] = 0;
    u->bdr = fuzz_rarely(f, 4) ? fuzz_random(f) & 0x7fff : 0;
    if (u->bdr) /* whatever lies there */
        for (unsigned i = 4; i < L4_UTCB_BR; i++)
            u->br[i] = 0;
}

static l4_timeouts_t patience(struct fuzz *f)
{
    l4_timeout_t bound = l4_timeout_us(20000);

    if (f->patient && fuzz_rarely(f, 16))
        return L4_NEVER;
    if (fuzz_rarely(f, 12))
        return L4_BOTH_ZERO;
    if (fuzz_rarely(f, 12))
        return l4_timeouts(bound, l4_timeout_us(1 + fuzz_below(f, 100)));
    return l4_timeouts(bound, fuzz_rarely(f, 16) ? l4_timeout_us(2000000) : bound);
}

/** Messages that end the sender, as they should, or only fill the log. */
static bool is_deadly(struct fuzz *f, const struct fuzz_target *to, const struct message *m)
{
    if (strcmp(to->interface, "ts_self") == 0 && !to->got)
        return !fuzz_rarely(f, 400);
    if (strcmp(to->interface, "root") == 0 && m->label == ROOT_PROTOCOL && m->mr[0] == ROOT_OP_EXIT)
        return true;
    bool pager = to->gate == TASK_CAP_PAGER || strcmp(to->interface, "root") == 0;
    if (!pager || m->label >= 0)
        return f->careful && m->label == BOOKS_PROTOCOL;
    return f->careful || !fuzz_rarely(f, 400);
}

static void send(struct fuzz *f, const struct fuzz_target *to, const struct message *m)
{
    bool only_send = fuzz_rarely(f, 16);
    l4_timeouts_t timeouts = patience(f);

    memcpy(l4_utcb()->mr, m->mr, sizeof m->mr);
    l4_msgtag_t tag = l4_msgtag(m->label, m->words, m->items, m->flags);
    if (only_send)
        tag = l4_ipc_send(to->gate, tag, timeouts);
    else
        tag = l4_ipc_call(to->gate, tag, timeouts);
    f->sent++;
    if (l4_msgtag_has_error(tag))
        f->failed++;
    else if (l4_msgtag_label(tag) < 0)
        f->refused++;
    else
        f->good += !only_send;
}

void fuzz_step(struct fuzz *f)
{
    const struct fuzz_target *to = &f->targets[fuzz_below(f, f->target_count)];
    const struct ipc_interface *interface = interface_called(to->interface);
    bool valid = fuzz_rarely(f, 2);
    struct message m;

    if (!interface || fuzz_rarely(f, 16))
        interface = &ipc_interfaces[fuzz_below(f, ipc_interface_count)];
    unsigned opcode = 1 + fuzz_below(f, interface->operation_count);
    compose(f, interface, opcode, &m, !valid);
    if (!valid)
        for (unsigned i = fuzz_below(f, 3); i > 0; i--)
            mutate(f, &m);
    if (strcmp(to->interface, "log_session") == 0 && fuzz_rarely(f, 2))
        m.label = L4_PROTO_LOG;
    if (is_deadly(f, to, &m))
        return;
    want_all(f, &interface->operations[opcode - 1]);
    if (!valid && fuzz_rarely(f, 4))
        want_something(f);
    send(f, to, &m);
    fuzz_take(f, interface, &interface->operations[opcode - 1]);
    fuzz_drop_received(f);
}
