/* SPDX-License-Identifier: BSD-2-Clause */
#include <l4/error.h>
#include <l4/ops.h>
#include <x86/port.h>

#include "cap_table.h"
#include "icu.h"
#include "invocation.h"
#include "semaphore.h"
#include "x86_64/pic.h"
#include "x86_64/serial.h"
#include "x86_64/timer.h"

enum { MODE_SET = 0x1, MODE_LEVEL = 0x2 };
enum { REBOOT = 1, KEYBOARD_COMMAND = 0x64, PULSE_RESET = 0xfe };

static struct pin_link pins[PIC_PINS];

static bool is_kernels(unsigned pin)
{
    return pin == TIMER_PIN || pin == PIC_CASCADE_PIN || pin == SERIAL_PIN;
}

static void unmask(struct pin_link *link)
{
    if (!is_kernels(link->pin))
        pic_unmask(link->pin);
}

static void mask(struct pin_link *link)
{
    if (!is_kernels(link->pin))
        pic_mask(link->pin);
}

void icu_init(void)
{
    for (unsigned i = 0; i < PIC_PINS; i++)
        pins[i] = (struct pin_link){.pin = i, .unmask = unmask, .mask = mask};
}

/* A level interrupt stays masked until its handler has quietened the device. */
void icu_interrupt(unsigned pin)
{
    struct pin_link *link = &pins[pin];
    if (!link->object || link->level)
        mask(link);
    pic_acknowledge(pin);
    if (link->object)
        irq_trigger(link->object);
}

static l4_msgtag_t op_bind(struct pin_link *link, struct invocation *call)
{
    l4_msgtag_t error;
    struct cap *cap = argument_cap(call, 0, &error);
    if (!cap || (cap->object->type != &irq_type && cap->object->type != &semaphore_type))
        return error;
    if (!(cap->rights & L4_CAP_W))
        return answer(-L4_EPERM);
    return answer(pin_attach(link, cap->object) ? 0 : -L4_EINVAL);
}

static l4_msgtag_t op_unbind(struct pin_link *link, struct invocation *call)
{
    l4_msgtag_t error;
    struct cap *cap = argument_cap(call, 0, &error);
    if (!cap || cap->object != link->object)
        return error;
    pin_detach(link);
    return answer(0);
}

static l4_msgtag_t op_on_pin(struct pin_link *link, struct invocation *call)
{
    switch (call->mr[0]) {
    case L4_ICU_BIND:
        return op_bind(link, call);
    case L4_ICU_UNBIND:
        return op_unbind(link, call);
    case L4_ICU_SET_MODE:
        if (call->words < 3)
            return answer(-L4_EMSGTOOSHORT);
        link->level = call->mr[2] & MODE_SET && call->mr[2] & MODE_LEVEL;
        return answer(0);
    case L4_ICU_UNMASK:
        call->outcome = OUTCOME_NO_REPLY;
        link->unmask(link);
        return answer(0);
    case L4_ICU_MASK:
        call->outcome = OUTCOME_NO_REPLY;
        link->mask(link);
        return answer(0);
    default:
        return answer(-L4_ENOSYS);
    }
}

l4_msgtag_t icu_protocol(const struct icu *icu, struct invocation *call)
{
    if (call->words < 1)
        return answer(-L4_EMSGTOOSHORT);
    if (call->mr[0] == L4_ICU_INFO) {
        call->mr[0] = 0; /* no MSIs */
        call->mr[1] = icu->count;
        call->mr[2] = 0;
        return answer_words(0, 3);
    }
    if (call->mr[0] == L4_ICU_MSI_INFO)
        return answer(-L4_ERANGE);
    if (call->words < 2)
        return answer(-L4_EMSGTOOSHORT);
    if (call->mr[1] >= icu->count
        || (icu->pins == pins && is_kernels((unsigned)call->mr[1])))
        return answer(-L4_EINVAL);
    return op_on_pin(&icu->pins[call->mr[1]], call);
}

static l4_msgtag_t platform_control(struct invocation *call)
{
    if (call->words == 2 && call->mr[0] == L4_PLATFORM_SHUTDOWN && call->mr[1] == REBOOT)
        out8(KEYBOARD_COMMAND, PULSE_RESET);
    return answer(-L4_ENOSYS);
}

static l4_msgtag_t invoke(struct object *object, struct invocation *call)
{
    (void)object;
    if (call->protocol == L4_PROTO_NONE)
        return platform_control(call);
    if (call->protocol != L4_PROTO_IRQ)
        return answer(-L4_EBADPROTO);
    return icu_protocol(&(struct icu){pins, PIC_PINS}, call);
}

const struct object_type icu_type = {"icu", NULL, invoke, NULL, NULL, NULL};
