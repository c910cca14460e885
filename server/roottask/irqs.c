/* SPDX-License-Identifier: BSD-2-Clause */
#include "irqs.h"

#include "l4sys/irq.h"

/* Who has bound which line. */
static const struct module *owners[QUOTA_IRQS];

/* Sends the request of @words words in the UTCB to the kernel's ICU, with @irq if that is not 0. */
static l4_msgtag_t pass_on(unsigned words, l4_cap_t irq)
{
    if (irq)
        l4_put_cap(words, irq);
    return l4_ipc_call(L4_BASE_ICU_CAP, l4_msgtag(L4_PROTO_IRQ, words, irq ? 1 : 0, 0), L4_NEVER);
}

static long op_info(struct ipc_call *call)
{
    l4_msgtag_t tag = pass_on(1, 0);

    if (l4_result(tag) < 0)
        return l4_result(tag);
    ipc_foreign_reply(call, 0, l4_msgtag_words(tag), 0);
    return 0;
}

/* Bind and unbind: op, pin, and an IRQ object. */
static long op_with_object(struct ipc_call *call, const struct module *m, const uint64_t mr[2])
{
    bool bind = mr[0] == L4_ICU_BIND;
    unsigned pin = (unsigned)mr[1];
    struct ipc_cap_in irq;

    if (l4_msgtag_items(call->tag) != 1)
        return -L4_EINVAL; /* what lies in the UTCB where it would be is an older message's */
    if (bind && owners[pin] != m && irqs_of(m) >= m->quota->irq_max)
        return -L4_ENOMEM;
    ipc_get_cap(call, &irq);
    if (call->error)
        return call->error;
    if (!irq.slot)
        return -L4_EINVAL; /* one of our own gates */
    l4_utcb()->mr[0] = mr[0];
    l4_utcb()->mr[1] = mr[1];
    long result = l4_result(pass_on(2, irq.slot));
    if (result >= 0)
        owners[pin] = bind ? m : NULL;
    return result;
}

/* No answer of the kernel is waited for: there is none. Who has called gets one of ours. */
static long op_mask(const uint64_t mr[2])
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

static long on_line(struct ipc_call *call, const struct module *m)
{
    const uint64_t mr[2] = {ipc_utcb()->mr[0], ipc_utcb()->mr[1]};

    if (!may_have(m, mr[1]))
        return -L4_EPERM;
    if (owners[mr[1]] && owners[mr[1]] != m)
        return -L4_EINVAL;
    switch (mr[0]) {
    case L4_ICU_BIND:
    case L4_ICU_UNBIND:
        return op_with_object(call, m, mr);
    case L4_ICU_MASK:
    case L4_ICU_UNMASK:
        return op_mask(mr);
    case L4_ICU_SET_MODE:
        return l4_msgtag_words(call->tag) < 3 ? -L4_EMSGTOOSHORT : l4_result(pass_on(3, 0));
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
        count += owners[i] == module;
    return count;
}

void irqs_give_all(const struct module *module)
{
    for (unsigned i = 0; i < QUOTA_IRQS; i++)
        if (owners[i] == module)
            owners[i] = NULL;
}
