/* SPDX-License-Identifier: BSD-2-Clause */
#include "call.h"

#include "l4sys/ipc.h"
#include "server/server.h"
#include "server/thread.h"

struct call {
    struct server_thread thread;
    long (*make)(void);
    volatile bool done;
    volatile long result;
};

static struct call calls[CALLS];
static volatile unsigned begun;

static void run(void)
{
    struct call *call = &calls[begun - 1]; /* call_begin() waits for us */
    long (*make)(void) = call->make;

    call->make = 0;
    call->result = make();
    call->done = true;
    for (;;)
        l4_ipc_receive(L4_INVALID_CAP, L4_NEVER);
}

struct call *call_begin(long (*make)(void))
{
    struct call *call = &calls[begun];

    server_check("more calls", begun < CALLS ? 0 : -1);
    call->thread = (struct server_thread){
        .name = "call", .number = begun + 1, .priority = 90, .entry = run};
    call->make = make;
    server_check("thread", server_thread_make(&call->thread));
    begun++;
    server_check("thread", server_thread_run(&call->thread));
    while (*(long (*volatile *)(void))&call->make)
        server_sleep_us(1000);
    server_sleep_us(20000);
    return call;
}

bool call_waits(const struct call *call)
{
    return !call->done;
}

long call_end(const struct call *call, unsigned seconds)
{
    for (uint64_t end = server_clock_us() + seconds * 1000000ull; !call->done;) {
        if (server_clock_us() > end)
            return 1;
        server_sleep_us(10000);
    }
    return call->result;
}
