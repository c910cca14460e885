/* SPDX-License-Identifier: BSD-2-Clause */
#include <string.h>

#include "../check.h"
#include "../service.h"
#include "idl/loader.h"
#include "idl/loader_control.h"
#include "idl/loader_opening.h"
#include "idl/loader_task.h"
#include "idl/ts_control.h"
#include "l4sys/ipc.h"

enum { SLOTS = 0x120, NUMBERS = 300 };

/**
 * Asks @slot for operation @op of @protocol, for a moment: some are threads, and those of our own.
 */
static bool accepts(l4_cap_t slot, long protocol, uint64_t op)
{
    l4_timeout_t moment = l4_timeout_us(1000);

    memset(l4_utcb()->mr, 0, 16 * sizeof(uint64_t));
    l4_utcb()->mr[0] = op;
    return l4_result(l4_ipc_call(slot, l4_msgtag(protocol, 1, 0, 0),
                                 l4_timeouts(moment, moment))) >= 0;
}

/** What rules a task is asked of every slot, as if the right to it were there. */
static unsigned try_slots(void)
{
    unsigned accepted = 0;

    for (unsigned i = 1; i < SLOTS; i++) {
        accepted += accepts(l4_cap(i), LOADER_CONTROL_PROTOCOL, LOADER_CONTROL_OP_CONT);
        accepted += accepts(l4_cap(i), LOADER_CONTROL_PROTOCOL, LOADER_CONTROL_OP_KILL);
        accepted += accepts(l4_cap(i), LOADER_OPENING_PROTOCOL, LOADER_OPENING_OP_KILL);
        accepted += accepts(l4_cap(i), TS_CONTROL_PROTOCOL, TS_CONTROL_OP_KILL);
    }
    return accepted;
}

/** The right to each task, by its number. */
static unsigned try_numbers(void)
{
    unsigned refused = 0;
    l4_cap_t slot = task_slot();

    for (uint32_t id = 0; id < NUMBERS; id++)
        refused += loader_task_control(TASK_CAP_LOADER, id, slot) == -ERR_EPERM;
    return refused;
}

/** A task that may rule no other tries to (the first one, which runs for ever). */
int main(void)
{
    struct loader_task task;

    CHECK("forged-slots", try_slots() == 0);
    CHECK("forged-numbers", try_numbers() == NUMBERS);
    CHECK("books-refused", loader_task_books(TASK_CAP_LOADER, "mine") == -ERR_EPERM);
    CHECK("it-lives",
          loader_info(service("LOADER"), 1, &task) == 0 && task.state == LOADER_STATE_RUNNING);
    return check_result();
}
