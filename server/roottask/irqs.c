/* SPDX-License-Identifier: BSD-2-Clause */
#include "irqs.h"

#include <string.h>

#include "ipc/slots.h"
#include "l4sys/irq.h"
#include "l4sys/task.h"

/* Who has bound which line, to what: a weak copy, empty when that has been deleted. */
static struct line {
    const struct module *owner; /* null: the line is free */
    l4_cap_t object;
} lines[QUOTA_IRQS];

/* Sends the request of @words words in the UTCB to the kernel's ICU, with @irq if that is not 0. */
static l4_msgtag_t pass_on(unsigned words, l4_cap_t irq)
{
    if (irq)
        l4_put_cap(words, irq);
    return l4_ipc_call(L4_BASE_ICU_CAP, l4_msgtag(L4_PROTO_IRQ, words, irq ? 1 : 0, 0), L4_NEVER);
}

static long request(uint64_t op, uint64_t pin, l4_cap_t irq)
{
    l4_utcb()->mr[0] = op;
    l4_utcb()->mr[1] = pin;
    return l4_result(pass_on(2, irq));
}

static long set_mode(const uint64_t mr[3])
{
    memcpy(l4_utcb()->mr, mr, 3 * sizeof mr[0]);
    return l4_result(pass_on(3, 0));
}

static long op_info(struct ipc_call *call)
{
    l4_msgtag_t tag = pass_on(1, 0);

    if (l4_result(tag) < 0)
        return l4_result(tag);
    ipc_foreign_reply(call, 0, l4_msgtag_words(tag), 0);
    return 0;
}

static long bind(struct line *line, const struct module *m, l4_cap_t irq)
{
    uint64_t pin = (uint64_t)(line - lines);

    if (irqs_of(m) >= m->quota->irq_max)
        return -L4_ENOMEM;
    l4_cap_t copy = slots_alloc();
    long error = copy ? ipc_kernel_copy(irq, copy, true) : -L4_ENOMEM;
    if (error >= 0)
        error = request(L4_ICU_BIND, pin, irq);
    if (error < 0)
        slots_release(copy);
    else
        *line = (struct line){m, copy};
    return error;
}

static void forget(struct line *line)
{
    slots_release(line->object);
    *line = (struct line){0};
}

static long unbind(struct line *line, l4_cap_t irq)
{
    long error = request(L4_ICU_UNBIND, (uint64_t)(line - lines), irq);

    if (error >= 0)
        forget(line);
    return error;
}

/* Bind and unbind: op, pin, and an IRQ object, which @irq becomes. */
static long get_object(struct ipc_call *call, l4_cap_t *irq)
{
    struct ipc_cap_in cap;

    if (l4_msgtag_items(call->tag) != 1)
        return -L4_EINVAL; /* what lies in the UTCB where it would be is an older message's */
    ipc_get_cap(call, &cap);
    *irq = cap.slot;
    return call->error ? call->error : cap.slot ? 0 : -L4_EINVAL; /* one of our own gates */
}

/* No answer of the kernel is waited for: there is none. Who has called gets one of ours. */
static long op_mask(const uint64_t mr[3])
{
    struct l4_utcb *u = l4_utcb();

    u->mr[0] = mr[0];
    u->mr[1] = mr[1];
    l4_ipc_send(L4_BASE_ICU_CAP, l4_msgtag(L4_PROTO_IRQ, 2, 0, 0), L4_NEVER);
    return 0;
}

static bool may_have(const struct module *m, uint64_t pin)
{
    return pin < QUOTA_IRQS && m->quota->irqs >> pin & 1;
}

/* The line is free if what it was bound to has been deleted: the kernel has unbound it then. */
static struct line *line_at(unsigned pin)
{
    struct line *line = &lines[pin];

    if (line->owner && !l4_cap_valid(line->object))
        forget(line);
    return line;
}

static long on_line(struct ipc_call *call, const struct module *m)
{
    const uint64_t mr[3] = {ipc_utcb()->mr[0], ipc_utcb()->mr[1], ipc_utcb()->mr[2]};
    bool with_object = mr[0] == L4_ICU_BIND || mr[0] == L4_ICU_UNBIND;
    l4_cap_t irq = 0;

    if (!may_have(m, mr[1]))
        return -L4_EPERM;
    long error = with_object ? get_object(call, &irq) : 0;
    if (error < 0)
        return error;
    struct line *line = line_at((unsigned)mr[1]); /* from here on the UTCB is ours */
    if (line->owner && line->owner != m)
        return -L4_EINVAL;
    switch (mr[0]) {
    case L4_ICU_BIND:
        return line->owner ? -L4_EINVAL : bind(line, m, irq);
    case L4_ICU_UNBIND:
        return unbind(line, irq);
    case L4_ICU_MASK:
    case L4_ICU_UNMASK:
        return op_mask(mr);
    case L4_ICU_SET_MODE:
        return l4_msgtag_words(call->tag) < 3 ? -L4_EMSGTOOSHORT : set_mode(mr);
    default:
        return -L4_ENOSYS;
    }
}

static long message(struct ipc_call *call)
{
    unsigned words = l4_msgtag_words(call->tag);

    if (l4_msgtag_label(call->tag) != L4_PROTO_IRQ)
        return -L4_EBADPROTO;
    if (words < 1)
        return -L4_EMSGTOOSHORT;
    if (ipc_utcb()->mr[0] == L4_ICU_INFO)
        return op_info(call);
    if (ipc_utcb()->mr[0] == L4_ICU_MSI_INFO)
        return -L4_ERANGE; /* none are given away */
    if (words < 2)
        return -L4_EMSGTOOSHORT;
    return on_line(call, call->object->data);
}

const struct ipc_kind irqs_kind = {.name = "interrupts", .foreign = message};

unsigned irqs_of(const struct module *module)
{
    unsigned count = 0;

    for (unsigned i = 0; i < QUOTA_IRQS; i++)
        count += line_at(i)->owner == module;
    return count;
}

void irqs_give_all(const struct module *module)
{
    for (unsigned i = 0; i < QUOTA_IRQS; i++) {
        struct line *line = line_at(i);
        if (line->owner != module)
            continue;
        if (unbind(line, line->object) < 0) /* an object that it had from others lives on */
            forget(line);
    }
}
