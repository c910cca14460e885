/* SPDX-License-Identifier: BSD-2-Clause */
#include "turn.h"

#include <task/slots.h>

#include "errors/errors.h"
#include "ipc/slots.h"
#include "l4sys/factory.h"
#include "l4sys/irq.h"

static l4_cap_t turn; /* kernel semaphore: a unit while nobody is in */

long turn_init(void)
{
    turn = slots_alloc();
    long error = turn ? l4_factory_create_semaphore(TASK_CAP_FACTORY, turn) : -ERR_ENOMEM;

    if (error >= 0)
        l4_semaphore_up(turn);
    return error < 0 ? error : 0;
}

void turn_enter(void)
{
    while (l4_semaphore_down(turn, L4_TIMEOUT_NEVER) < 0)
        ;
}

void turn_leave(void)
{
    l4_semaphore_up(turn);
}
