/* SPDX-License-Identifier: BSD-2-Clause */
#include "module.h"

#include <task/slots.h>

#include "idl/root.h"
#include "l4sys/factory.h"
#include "l4sys/log.h"
#include "sigma0/client.h"

/* asks [end]: what roottask answers a module that may have nothing, and what its quota is. */

#define WINDOW 0x10000000ul

static void is(const char *what, long got, long want)
{
    if (got == want)
        say("ok %s", what);
    else
        say("FAIL %s: %ld, want %ld", what, got, want);
}

static void test_sigma0_protocol(void)
{
    l4_fpage_t window = l4_fpage_mem(WINDOW, 12, L4_FPAGE_RWX);
    uint64_t at;

    is("any RAM", sigma0_get_any(TASK_CAP_PAGER, 12, window, &at), -L4_ENOMEM);
    is("RAM at an address", sigma0_get_ram(TASK_CAP_PAGER, 0x8000000, 12, window), -L4_ENOMEM);
    is("I/O memory", sigma0_get_iomem(TASK_CAP_PAGER, 0xb8000, 12, window), -L4_ENOMEM);
    is("ports", sigma0_get_ports(TASK_CAP_PAGER, 0x60, 0), -L4_ENOMEM);
    is("new client", sigma0_get_client(TASK_CAP_PAGER, TASK_CAP_FIRST_FREE), -L4_ENOSYS);
    is("kernel info page", sigma0_get_kip(TASK_CAP_PAGER, window, &at), 0);
    is("its magic", *(volatile uint32_t *)WINDOW, 0x4be6344c);
}

/* What ends its sender is left out: page fault and exception, and root.exit. */
static void test_random_messages(void)
{
    static const long labels[] = {-6, -8, -15, -1, -100, 29, 29, 30};
    struct l4_utcb *u = l4_utcb();
    uint64_t state = 88172645463325252ull, free = 0;

    for (unsigned i = 0; i < 2000; i++) {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        u->bdr = u->br[0] = 0;
        u->mr[0] = state & 1 ? ~0xffull | (state >> 8 & 0xf0) : state & 2 ? state >> 60 : state;
        if ((u->mr[0] & 0xf0) == (L4_SIGMA0_DUMP & 0xf0))
            continue;
        u->mr[1] = state * 0x9e3779b97f4a7c15ull;
        u->mr[2] = L4_ITEM_MAP;
        u->mr[3] = l4_fpage_obj(state, 0, L4_CAP_RWSD).raw;
        if (labels[state >> 32 & 7] == ROOT_PROTOCOL && u->mr[0] == ROOT_OP_EXIT)
            continue;
        l4_ipc_call(TASK_CAP_PAGER,
                    l4_msgtag(labels[state >> 32 & 7], state >> 40 & 3, state >> 50 & 1, 0),
                    L4_NEVER);
    }
    is("roottask lives after random messages", root_memory(TASK_CAP_PAGER, &free), 0);
    is("and has memory", free > 100 << 20, 1);
}

static void test_quota(void)
{
    l4_cap_t slot = TASK_CAP_FIRST_FREE;
    long error;

    while ((error = l4_factory_create_semaphore(TASK_CAP_FACTORY, slot)) >= 0)
        slot += L4_CAP_OFFSET;
    is("kernel memory ends", error, -L4_ENOMEM);
    say("%s objects until then", (slot - TASK_CAP_FIRST_FREE) >> 12 > 100 ? "many" : "few");
}

void module_main(long argc, char **argv)
{
    (void)argv;
    test_sigma0_protocol();
    if (argc == 1) /* else one of them would end the machine */
        test_random_messages();
    test_quota();
    l4_sleep_us(argc > 1 ? 2000000 : 0); /* the others come first */
    if (argc > 1)
        end(0);
    else
        is("ending the machine", root_shutdown(TASK_CAP_PAGER, 1), -L4_EPERM);
}
