/* SPDX-License-Identifier: BSD-2-Clause */
#include "probe.h"

#include <stdbool.h>
#include <task/slots.h>
#include "idl/ts_self.h"

volatile uint64_t probe_cycle;
static _Alignas(4096) unsigned char stack[4096];

void probe_run(void)
{
    uint64_t cycle = probe_cycle;
    volatile uint64_t *mine = (volatile uint64_t *)probe_place(cycle);
    volatile uint64_t *before = (volatile uint64_t *)probe_place(cycle - 1);
    bool good = *mine == cycle && *before == ~cycle;

    ts_self_exit(TASK_CAP_TS, good ? probe_code(cycle) : PROBE_BAD);
    for (;;)
        ;
}

uint64_t probe_stack(void)
{
    return (uint64_t)stack + sizeof(stack) - 8;
}
