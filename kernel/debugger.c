/* SPDX-License-Identifier: BSD-2-Clause */
#include <l4/error.h>
#include <l4/ops.h>

#include "audit.h"
#include "cap_table.h"
#include "counters.h"
#include "debugger.h"
#include "debugger_show.h"
#include "debugger_trace.h"
#include "dump.h"
#include "invocation.h"
#include "print.h"
#include "string.h"
#include "thread.h"

enum { SHORTEST_CONSOLE = 2, SHORTEST_VALUES = 5 }; /* words of a request */

/* The text that starts at @mr[@at], with its length in the word before; bounded by the message. */
struct text {
    const char *start;
    uint64_t size;
};

static struct text text_at(struct invocation *call, unsigned at)
{
    uint64_t room = call->words > at ? (call->words - at) * 8 : 0;
    return (struct text){(const char *)&call->mr[at], min_u64(call->mr[at - 1], room)};
}

static void print_text(struct text text)
{
    for (uint64_t i = 0; i < text.size && text.start[i]; i++)
        kprintf("%c", text.start[i]);
}

static void print_value(struct invocation *call)
{
    static const uint8_t bits[] = {32, 20, 16, 12, 8}; /* of operations 3 to 7 */
    uint64_t op = call->mr[0];
    if (op == L4_DBG_DECIMAL)
        kprintf("%ld", (int64_t)call->mr[1]);
    else
        kprintf("%lx", call->mr[1] & ((1ul << bits[op - L4_DBG_HEX32]) - 1));
}

static l4_msgtag_t console(struct invocation *call)
{
    if (call->words < SHORTEST_CONSOLE)
        return answer(-L4_EMSGTOOSHORT);
    struct text text = text_at(call, 2);
    if (call->mr[0] == L4_DBG_ENTER)
        debugger_enter_text(text.start, text.size);
    else if (call->mr[0] == L4_DBG_PUTC)
        kprintf("%c", (char)call->mr[1]);
    else if (call->mr[0] == L4_DBG_PUTS)
        print_text(text);
    else if (call->mr[0] <= L4_DBG_DECIMAL)
        print_value(call);
    else
        return answer(-L4_ENOSYS);
    return answer(0);
}

static l4_msgtag_t trace_buffer(struct invocation *call)
{
    bool has_values = call->mr[0] == L4_DBG_TRACE_VALUES;
    struct text text = text_at(call, has_values ? SHORTEST_VALUES : SHORTEST_CONSOLE);
    switch (call->mr[0]) {
    case L4_DBG_TRACE_TEXT:
    case L4_DBG_TRACE_VALUES:
        if (call->words < (has_values ? SHORTEST_VALUES : SHORTEST_CONSOLE))
            return answer(-L4_EMSGTOOSHORT);
        trace_note(call->caller, (struct trace_note){has_values ? &call->mr[1] : NULL, text.start,
                                                     text.size});
        return answer(0);
    case L4_DBG_TRACE_CLEAR:
        trace_clear();
        return answer(0);
    case L4_DBG_TRACE_DUMP:
        trace_dump();
        return answer(0);
    default:
        return answer(-L4_ENOSYS);
    }
}

static l4_msgtag_t give_name(const struct object *object, struct invocation *call)
{
    if (!object || !object->name[0])
        return answer(-L4_ENOENT);
    memcpy(&call->mr[0], object->name, sizeof object->name);
    return answer_words(0, sizeof object->name / 8);
}

/*
 * The text from MR[@at] on as a name of 16 bytes. It is printed in lines of the kernel's, and he
 * who names things shall not write lines: control characters become dots.
 */
static void take_name(char name[16], const struct invocation *call, unsigned at)
{
    memset(name, 0, 16);
    if (call->words > at)
        memcpy(name, &call->mr[at], min_u64((call->words - at) * 8, 16));
    for (unsigned i = 0; i < 16 && name[i]; i++)
        if ((uint8_t)name[i] < ' ' || name[i] == 0x7f)
            name[i] = '.';
}

static l4_msgtag_t list_objects(struct invocation *call)
{
    if (call->words < 4)
        return answer(-L4_EMSGTOOSHORT);
    uaddr_t at = {call->mr[1]};
    uint64_t size = call->mr[2];
    void *buffer = task_ku_address(call->caller->task, at, size);
    if (!buffer || at.raw % sizeof(uint64_t))
        return answer(-L4_EINVAL);
    call->mr[0] = debugger_list(buffer, size, call->mr[3], &call->mr[1]);
    return answer_words(0, 2);
}

/* About other objects than the one passed, or all: with W, for that is more than is held. */
static l4_msgtag_t about_all(struct invocation *call)
{
    if (!(call->rights & L4_CAP_W))
        return answer(-L4_EPERM);
    switch (call->mr[0]) {
    case L4_DBG_LOG_TYPE:
        call->mr[0] = ~0ull; /* there are no log types */
        return answer_words(0, 1);
    case L4_DBG_LOG_SWITCH:
    case L4_DBG_LOG_NAME:
        return answer(-L4_ENOENT);
    case L4_DBG_NAME_BY_ID:
        return call->words < 2 ? answer(-L4_EMSGTOOSHORT)
                               : give_name(dump_find(call->mr[1]), call);
    case L4_DBG_OBJECTS:
        return list_objects(call);
    default:
        return answer(-L4_ENOSYS); /* the id of a kernel pointer (2) among them: it would leak */
    }
}

static l4_msgtag_t about_object(struct object *object, struct invocation *call)
{
    switch (call->mr[0]) {
    case L4_DBG_SET_NAME:
        take_name(object->name, call, 1);
        return answer(0);
    case L4_DBG_GLOBAL_ID:
        call->mr[0] = object->id;
        return answer_words(0, 1);
    case L4_DBG_GET_NAME:
        return give_name(object, call);
    case L4_DBG_IMAGE_INFO:
        if (object->type != &task_type)
            return answer(-L4_EINVAL);
        if (call->words < 2)
            return answer(-L4_EMSGTOOSHORT);
        container_of(object, struct task, object)->image_base = call->mr[1];
        take_name(container_of(object, struct task, object)->image_name, call, 2);
        return answer(0);
    default:
        return about_all(call);
    }
}

/* Single requests of groups with few. */
static l4_msgtag_t other(struct invocation *call)
{
    switch (call->mr[0]) {
    case L4_DBG_MEMORY:
        show_memory();
        return answer(0);
    case DEBUGGER_BOOKS:
        dump_books();
        return answer(0);
    case DEBUGGER_COUNTERS:
        return answer_words(0, counters_read(call->mr));
    case DEBUGGER_AUDIT:
        return answer(audit() ? 0 : -L4_EINVAL);
    default:
        return answer(-L4_ENOSYS);
    }
}

static l4_msgtag_t invoke(struct object *object, struct invocation *call)
{
    (void)object;
    enum { CONSOLE, OBJECT, TRACE };
    if (call->protocol != L4_PROTO_DEBUGGER)
        return answer(-L4_EBADPROTO);
    uint64_t group = call->words > 0 ? call->mr[0] >> 8 : CONSOLE;
    if (group == OBJECT) { /* tasks may name what they hold without W */
        l4_msgtag_t error;
        struct cap *cap = argument_cap(call, 0, &error);
        return cap ? about_object(cap->object, call) : error;
    }
    if (!(call->rights & L4_CAP_W))
        return answer(-L4_EPERM);
    if (call->words == 0) {
        debugger_enter("asked for by a program");
        return answer(0);
    }
    return group == CONSOLE ? console(call) : group == TRACE ? trace_buffer(call) : other(call);
}

const struct object_type debugger_type = {"debugger", NULL, invoke, NULL, NULL, NULL};
