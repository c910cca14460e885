/* SPDX-License-Identifier: BSD-2-Clause */
#include <l4/kip.h>

#include "console/console.h"
#include "entry/entry.h"
#include "l4sys/factory.h"
#include "l4sys/task.h"
#include "l4sys/thread.h"
#include "memory.h"
#include "ports.h"

const char console_name[] = "sigma0";

/*
 * sigma0: owner of all memory and ports, answers the Sigma0 protocol (ABI 9). World: no C library,
 * one thread; its own page faults are resolved by the kernel, one-to-one.
 */

enum { PRIORITY = 255, FIRST_FREE_SLOT = 0x10, LABEL_SHIFT = 4, FIRST_NEW_LABEL = 0xc0,
       LABEL_STEP = 0x10 };

ENTRY_STACK(16384);

static const struct l4_kip *kip;
static const l4_cap_t client_slot = (l4_cap_t)FIRST_FREE_SLOT << L4_CAP_SHIFT;

/* A gate for a new client, in client_slot until the answer is out. Needs S on the gate used. */
static struct sigma0_answer new_client(uint64_t label)
{
    static uint64_t next = FIRST_NEW_LABEL;

    if (!(label & L4_CAP_S))
        return sigma0_plain(-L4_EPERM);
    long result = l4_factory_create_gate(L4_BASE_FACTORY_CAP, client_slot, L4_BASE_THREAD_CAP,
                                         next);
    if (result < 0)
        return sigma0_plain(result);
    next += LABEL_STEP;
    return sigma0_client(client_slot);
}

static struct sigma0_answer answer(const struct sigma0_request *request, uint64_t label)
{
    uint32_t client = (uint32_t)(label >> LABEL_SHIFT);

    switch (request->op) {
    case SIGMA0_FAULT:
        return memory_fault(client, request);
    case SIGMA0_RAM:
        return memory_ram(client, request);
    case SIGMA0_ANY:
        return memory_any(client, request);
    case SIGMA0_IOMEM:
        return memory_iomem(request);
    case SIGMA0_KIP:
        return sigma0_kip((uint64_t)kip);
    case SIGMA0_PORTS:
        return ports_get(client, request);
    case SIGMA0_CLIENT:
        return new_client(label);
    case SIGMA0_DUMP:
        memory_dump();
        return sigma0_plain(0);
    default:
        return sigma0_plain(-L4_ENOSYS);
    }
}

/* The answer to the message @tag in the UTCB; afterwards the answer lies there. */
static l4_msgtag_t handle(l4_msgtag_t tag, uint64_t label, bool *client_made)
{
    struct l4_utcb *u = l4_utcb();
    struct sigma0_request request;
    long error = sigma0_decode(tag, u->mr, &request);
    struct sigma0_answer a = error < 0 ? sigma0_plain(error) : answer(&request, label);

    if (error == 0 && request.op == SIGMA0_FAULT && a.label < 0)
        say("client %lu: page fault at 0x%lx ip 0x%lx refused", label >> LABEL_SHIFT,
            request.address, request.ip);
    *client_made = error == 0 && request.op == SIGMA0_CLIENT && a.label == 0;
    return sigma0_encode(&a, u->mr);
}

_Noreturn static void serve(void)
{
    uint64_t label = 0;

    l4_receive_nothing();
    l4_msgtag_t tag = l4_ipc_wait(L4_INVALID_REPLY_CAP, &label, L4_NEVER);
    for (;;) {
        bool client_made = false;
        bool answered = l4_msgtag_has_error(tag);
        if (!answered)
            tag = handle(tag, label, &client_made);
        if (client_made) { /* the gate lives as long as its clients */
            l4_ipc_reply(L4_INVALID_REPLY_CAP, tag, L4_BOTH_ZERO);
            l4_cap_release(client_slot);
            answered = true;
        }
        l4_receive_nothing();
        if (!answered)
            tag = l4_ipc_reply_and_wait(L4_INVALID_REPLY_CAP, tag, &label, L4_SEND_ZERO);
        if (answered || (l4_msgtag_has_error(tag) && !(l4_ipc_code() & 1)))
            tag = l4_ipc_wait(L4_INVALID_REPLY_CAP, &label, L4_NEVER);
    }
}

_Noreturn void entry_main(const struct l4_kip *info)
{
    kip = info;
    if (!memory_init(kip)) {
        say("stop: the kernel info page has too many memory descriptors");
        l4_ipc_receive(L4_INVALID_CAP, L4_NEVER);
    }
    l4_scheduler_run(L4_BASE_SCHEDULER_CAP, L4_BASE_THREAD_CAP, PRIORITY);
    say("%lu KiB of RAM, %lu KiB free", memory_total() >> 10, memory_free() >> 10);
    serve();
}
