/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdlib.h>
#include <string.h>

#include <task/slots.h>

#include "../service.h"
#include "idl/loader.h"
#include "l4sys/factory.h"
#include "l4sys/ipc.h"
#include "rm/region.h"
#include "thread/thread.h"

static void wait_in_ipc(void)
{
    l4_ipc_receive(L4_INVALID_CAP, L4_NEVER);
}

/** A region whose manager never answers: our own gate, bound to a thread that waits for others. */
static void wait_in_fault(void)
{
    struct region_attachment a = {
        .size = 4096, .dataspace = task_slot(), .rights = L4_FPAGE_R, .flags = REGION_ANYWHERE};

    l4_factory_create_gate(TASK_CAP_FACTORY, a.dataspace, TASK_CAP_THREAD, 0x100);
    if (region_attach(&a) == 0)
        *(volatile char *)a.start;
}

/** Waits at a server that answers later. */
static void wait_at_names(void)
{
    names_query(TASK_CAP_NAMES, "NOBODY", 1000000000, task_slot());
}

static void loop(void *argument)
{
    (void)argument;
    for (;;)
        __asm__ volatile("");
}

/** Several threads, and memory of its own. */
static void run_threads(void)
{
    struct thread_request request = {.name = "looping", .entry = loop};
    struct thread *thread;

    for (int i = 0; i < 4; i++) {
        memset(region_alloc(1 << 16), i, 1 << 16);
        thread_create(&request, &thread);
    }
    loop(NULL);
}

/** Has others work for it all the time. */
static void open_others(void)
{
    uint32_t id;

    loader_start(service("LOADER"), "t_victim", "exit", &id);
    wait_in_ipc();
}

/** Has so many pages that deleting it takes a while. */
static void grow_large(void)
{
    const uint64_t size = 32 << 20;
    void *memory = region_alloc(size);

    if (!memory || region_map(memory, size, L4_FPAGE_RW))
        puts("FAIL large: no memory");
}

static void be_large(void)
{
    grow_large();
    wait_in_ipc();
}

static void leave_large(void)
{
    grow_large();
    l4_sleep_us(100000);
}

/** Does what its argument says until it is killed; exits with 5 if it is nothing of these. */
int main(int argc, char **argv)
{
    static const struct {
        const char *name;
        void (*run)(void);
    } ways[] = {{"ipc", wait_in_ipc},   {"fault", wait_in_fault},  {"names", wait_at_names},
                {"threads", run_threads}, {"open", open_others},
                {"large", be_large},      {"leave", leave_large}};

    for (unsigned i = 0; argc > 1 && i < sizeof ways / sizeof ways[0]; i++)
        if (strcmp(argv[1], ways[i].name) == 0)
            ways[i].run();
    return 5;
}
