/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <l4/kip.h>
#include <l4/ops.h>
#include <task/layout.h>
#include <task/slots.h>

#include "../check.h"
#include "l4sys/ipc.h"

static char large[100000]; /* pages that come by page faults */
static int data = 42;

/** Asks the Sigma0 protocol for @request; the reply's tag. */
static l4_msgtag_t ask(uint64_t request)
{
    struct l4_utcb *utcb = l4_utcb();

    utcb->mr[0] = request;
    utcb->mr[1] = 0;
    l4_receive_nothing();
    return l4_ipc_call(TASK_CAP_PAGER, l4_msgtag(L4_PROTO_SIGMA0, 2, 0, 0), L4_NEVER);
}

/** X16, S12: no libloader.so; every page of this task comes from the backing pager. */
int main(int argc, char **argv)
{
    const struct l4_kip *kip = (const struct l4_kip *)TASK_KIP;
    unsigned wrong = 0;

    CHECK("static-arguments", argc == 3 && strcmp(argv[1], "one") == 0
                                  && strcmp(argv[2], "two words") == 0 && !argv[3]);
    CHECK("static-name", strcmp(argv[0], "t_static") == 0);
    CHECK("data", data++ == 42 && data == 43);
    for (size_t i = 0; i < sizeof large; i += 1000)
        wrong += large[i] != 0;
    memset(large, 7, sizeof large);
    for (size_t i = 0; i < sizeof large; i += 1000)
        wrong += large[i] != 7;
    CHECK("zeroed-and-writable", wrong == 0);
    char *memory = malloc(1000);
    CHECK("malloc", memory && memset(memory, 1, 1000));
    CHECK("kip-there", kip->magic == L4_KIP_MAGIC);
    CHECK("not-others-memory", (long)l4_result(ask(L4_SIGMA0_ANY_RAM)) < 0);
    CHECK("unknown-request", (long)l4_result(ask(1234)) < 0);
    return argc > 1 && !check_failures ? 6 : 1;
}
