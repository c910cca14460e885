/* SPDX-License-Identifier: BSD-2-Clause */
/* The kernel console as an object: protocol LOG, and an ICU with one pin that signals input. */
#include <l4/error.h>
#include <l4/ops.h>

#include "audit.h"
#include "debugger.h"
#include "dump.h"
#include "icu.h"
#include "invocation.h"
#include "log.h"
#include "thread.h"
#include "x86_64/serial.h"

enum { BUFFER_SIZE = 256 };
enum { INLCR = 0100, IGNCR = 0200, ICRNL = 0400, ONLCR = 04, OCRNL = 010 };
enum { READ_EMPTY = 1u << 31 };

/* Input ring; holds `filled` characters from `first` on; what does not fit is lost. */
static struct {
    char text[BUFFER_SIZE];
    unsigned first, filled;
} input;

static uint64_t attributes[3] = {ICRNL, ONLCR, 0}; /* input, output, local */
static struct pin_link pin;

static void no_mask(struct pin_link *link)
{
    (void)link;
}

void log_init(void)
{
    pin = (struct pin_link){.unmask = no_mask, .mask = no_mask};
}

static void keep(char c)
{
    if (c == '\r' && attributes[0] & IGNCR)
        return;
    if (c == '\r' && attributes[0] & ICRNL)
        c = '\n';
    else if (c == '\n' && attributes[0] & INLCR)
        c = '\r';
    if (input.filled < BUFFER_SIZE)
        input.text[(input.first + input.filled++) % BUFFER_SIZE] = c;
}

void log_input(void)
{
    char c;
    while (serial_read(&c)) {
        if (c == LOG_DUMP_KEY) {
            dump_threads();
            audit();
        } else if (c == LOG_DEBUG_KEY) {
            debugger_enter("asked for by key");
        } else {
            keep(c);
        }
    }
    if (input.filled && pin.object)
        irq_trigger(pin.object);
}

static l4_msgtag_t op_write(struct invocation *call)
{
    uint64_t size = call->words < 2 ? 0 : min_u64(call->mr[1], (call->words - 2) * 8);
    const char *text = (const char *)&call->mr[2];
    for (uint64_t i = 0; i < size; i++) {
        if (text[i] == '\n' && attributes[1] & ONLCR)
            serial_write('\r');
        serial_write(text[i] == '\r' && attributes[1] & OCRNL ? '\n' : text[i]);
    }
    return answer(0);
}

static l4_msgtag_t op_read(struct invocation *call)
{
    uint64_t wanted = min_u64(call->mr[0] >> 16, L4_LOG_READ_MAX);
    if (!(call->rights & L4_CAP_W))
        return answer(-L4_EPERM);
    uint64_t count = min_u64(wanted, input.filled);
    char *text = (char *)&call->mr[1];
    for (uint64_t i = 0; i < count; i++)
        text[i] = input.text[(input.first + i) % BUFFER_SIZE];
    input.first = (input.first + count) % BUFFER_SIZE;
    input.filled -= count;
    call->mr[0] = count | (input.filled ? 0 : READ_EMPTY);
    return answer(0);
}

static l4_msgtag_t op_attributes(struct invocation *call, bool set)
{
    if (set && call->words < 4)
        return answer(-L4_EMSGTOOSHORT);
    for (unsigned i = 0; i < ARRAY_SIZE(attributes); i++) {
        if (set)
            attributes[i] = call->mr[i + 1];
        else
            call->mr[i + 1] = attributes[i];
    }
    return answer_words(0, set ? 0 : 4);
}

static l4_msgtag_t invoke(struct object *object, struct invocation *call)
{
    (void)object;
    if (call->protocol == L4_PROTO_IRQ)
        return icu_protocol(&(struct icu){&pin, 1}, call);
    if (call->protocol != L4_PROTO_LOG)
        return answer(-L4_EBADPROTO);
    if (call->words < 1)
        return answer(-L4_EMSGTOOSHORT);
    switch (call->mr[0] & 0xffff) {
    case L4_LOG_WRITE:
        return op_write(call);
    case L4_LOG_READ:
        return op_read(call);
    case L4_LOG_SET_ATTR:
        return op_attributes(call, true);
    case L4_LOG_GET_ATTR:
        return op_attributes(call, false);
    default:
        return answer(-L4_ENOSYS);
    }
}

const struct object_type log_type = {"log", NULL, invoke, NULL, NULL, NULL};
