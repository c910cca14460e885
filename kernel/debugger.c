/* SPDX-License-Identifier: BSD-2-Clause */
#include <l4/error.h>
#include <l4/ops.h>

#include "audit.h"
#include "cap_table.h"
#include "counters.h"
#include "debugger.h"
#include "dump.h"
#include "invocation.h"
#include "print.h"
#include "string.h"

/* The text in @mr[@at..], whose length is in the word before; bounded by the message. */
static void print_text(struct invocation *call, unsigned at)
{
    if (call->words <= at)
        return;
    uint64_t size = min_u64(call->mr[at - 1], (call->words - at) * 8);
    const char *text = (const char *)&call->mr[at];
    for (uint64_t i = 0; i < size && text[i]; i++)
        kprintf("%c", text[i]);
}

static void print_value(struct invocation *call)
{
    static const unsigned bits[] = {32, 20, 16, 12, 8}; /* of operations 3 to 7 */
    unsigned op = call->mr[0] & 0xff;
    if (op == 8)
        kprintf("%ld", (int64_t)call->mr[1]);
    else
        kprintf("%lx", call->mr[1] & ((1ul << bits[op - 3]) - 1));
}

static l4_msgtag_t console(struct invocation *call)
{
    unsigned op = call->mr[0] & 0xff;
    if (call->words < 2)
        return answer(-L4_EMSGTOOSHORT);
    if (op == L4_DBG_ENTER) {
        print_text(call, 2);
        kprintf("\n");
        dump_threads();
    } else if (op == L4_DBG_PUTC) {
        kprintf("%c", (char)call->mr[1]);
    } else if (op == L4_DBG_PUTS) {
        print_text(call, 2);
    } else if (op <= 8) {
        print_value(call);
    } else {
        return answer(-L4_ENOSYS);
    }
    return answer(0);
}

static l4_msgtag_t about_object(struct object *object, struct invocation *call)
{
    size_t size = min_u64((call->words - 1) * 8, sizeof object->name);
    switch (call->mr[0]) {
    case L4_DBG_SET_NAME:
        memset(object->name, 0, sizeof object->name);
        memcpy(object->name, &call->mr[1], size);
        return answer(0);
    case L4_DBG_GLOBAL_ID:
        call->mr[0] = object->id;
        return answer_words(0, 1);
    case L4_DBG_GET_NAME:
        if (!object->name[0])
            return answer(-L4_ENOENT);
        memcpy(&call->mr[0], object->name, sizeof object->name);
        return answer_words(0, sizeof object->name / 8);
    case L4_DBG_IMAGE_INFO:
        return answer(0); /* accepted; nobody asks for it yet */
    default:
        return answer(-L4_ENOSYS);
    }
}

static l4_msgtag_t invoke(struct object *object, struct invocation *call)
{
    (void)object;
    if (call->protocol != L4_PROTO_DEBUGGER)
        return answer(-L4_EBADPROTO);
    bool naming = call->words > 0 && call->mr[0] >> 8 == 1;
    if (!naming && !(call->rights & L4_CAP_W))
        return answer(-L4_EPERM); /* tasks may name what they hold, but not write to the console */
    if (call->words == 0) {
        dump_threads();
        return answer(0);
    }
    if (call->mr[0] >> 8 == 0)
        return console(call);
    if (call->mr[0] == DEBUGGER_BOOKS) {
        dump_books();
        return answer(0);
    }
    if (call->mr[0] == DEBUGGER_AUDIT)
        return answer(audit() ? 0 : -L4_EINVAL);
    if (call->mr[0] == DEBUGGER_COUNTERS)
        return answer_words(0, counters_read(call->mr));
    if (call->mr[0] >> 8 != 1)
        return answer(-L4_ENOSYS);
    l4_msgtag_t error;
    struct cap *cap = argument_cap(call, 0, &error);
    return cap ? about_object(cap->object, call) : error;
}

const struct object_type debugger_type = {"debugger", NULL, invoke, NULL, NULL};
