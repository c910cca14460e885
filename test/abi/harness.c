/* SPDX-License-Identifier: BSD-2-Clause */
#include "abi.h"

void harness_init(void);
bool harness_claim(uint64_t address);
void worker_main(struct worker *w);

enum { FIRST_SLOT = 0x100, STACKS = 32, STACK_SIZE = 8192, EXIT_MARK = 0x1000 };
#define KU_MEM 0x7fff100000ull
#define KU_MEM_ORDER 16

extern char worker_start_code[], __executable_start[], _end[];

struct abi_task own_task = {L4_BASE_TASK_CAP, 0};

static char stacks[STACKS][STACK_SIZE] __attribute__((aligned(16)));
static unsigned stacks_used;
static uint64_t slots_used;
static char *memory;
static const struct l4_kip *kip;

static uint64_t sigma0_ask(uint64_t request, l4_fpage_t fpage, unsigned words)
{
    struct l4_utcb *u = l4_utcb();
    l4_receive_window(l4_fpage_mem(0, L4_WHOLE_SPACE, 0));
    u->mr[0] = request;
    u->mr[1] = fpage.raw;
    l4_msgtag_t tag = l4_ipc_call(L4_BASE_PAGER_CAP, l4_msgtag(L4_PROTO_SIGMA0, words, 0, 0),
                                  L4_NEVER);
    return l4_result(tag) < 0 ? 0 : u->mr[0] & L4_PAGE_MASK;
}

char *harness_ram(unsigned order)
{
    return (char *)sigma0_ask(L4_SIGMA0_ANY_RAM, l4_fpage_mem(0, order, 0), 2);
}

/* Each page of the image is faulted in now, so that child tasks can be given it. */
static void touch_image(void)
{
    for (char *p = __executable_start; p < _end; p += L4_PAGE_SIZE)
        (void)*(volatile char *)p;
    for (unsigned i = 0; i < STACKS; i++)
        for (unsigned j = 0; j < STACK_SIZE; j += 4096)
            ((volatile char *)stacks[i])[j] = 0;
}

void harness_init(void)
{
    l4_scheduler_run(L4_BASE_SCHEDULER_CAP, L4_BASE_THREAD_CAP, MAIN_PRIORITY);
    l4_debugger_set_name(L4_BASE_DEBUGGER_CAP, L4_BASE_THREAD_CAP, "abi-main");
    touch_image();
    memory = harness_ram(TEST_MEMORY_ORDER);
    kip = (const struct l4_kip *)sigma0_ask(L4_SIGMA0_KIP, (l4_fpage_t){0}, 1);
    l4_task_add_ku_mem(L4_BASE_TASK_CAP, l4_fpage_mem(KU_MEM, KU_MEM_ORDER, L4_FPAGE_RW));
}

/* Gets the page of module information at @address, which sigma0 does not give on a fault. */
bool harness_claim(uint64_t address)
{
    return sigma0_ask(L4_SIGMA0_RAM, l4_fpage_mem(address, 12, 0), 2);
}

void harness_reset(void)
{
    for (uint64_t i = 0; i < slots_used; i++)
        l4_cap_delete(l4_cap(FIRST_SLOT + i));
    slots_used = 0;
    stacks_used = 0;
    own_task.threads = 0;
}

l4_cap_t cap_new(void)
{
    return l4_cap(FIRST_SLOT + slots_used++);
}

char *test_memory(void)
{
    for (unsigned i = 0; i < 1u << TEST_MEMORY_ORDER; i += 8)
        *(volatile uint64_t *)(memory + i) = 0;
    return memory;
}

const struct l4_kip *test_kip(void)
{
    return kip;
}

bool task_new(struct abi_task *task)
{
    task->cap = cap_new();
    task->threads = 0;
    if (l4_factory_create_task(L4_BASE_FACTORY_CAP, task->cap,
                               l4_fpage_mem(KU_MEM, KU_MEM_ORDER, L4_FPAGE_RW)))
        return false;
    for (uint64_t p = (uint64_t)__executable_start & L4_PAGE_MASK; p < (uint64_t)_end;
         p += L4_PAGE_SIZE)
        if (l4_task_map(task->cap, L4_BASE_TASK_CAP, l4_fpage_mem(p, 12, L4_FPAGE_RWX), p))
            return false;
    return !l4_task_map_cap(task->cap, task->cap, TASK_SELF, L4_CAP_RWS)
           && !l4_task_map_cap(task->cap, L4_BASE_LOG_CAP, TASK_LOG, L4_CAP_RWS);
}

void worker_main(struct worker *w)
{
    w->function(w);
    w->done = true;
    for (;;)
        l4_ipc_receive(L4_INVALID_CAP, L4_NEVER);
}

bool worker_create(struct worker *w, struct abi_task *task)
{
    w->cap = cap_new();
    w->done = false;
    w->result = 0;
    w->utcb = KU_MEM + task->threads++ * L4_UTCB_SIZE;
    struct l4_thread_control control = {TASK_PAGER, TASK_PAGER, task->cap, w->utcb};
    return !l4_factory_create_thread(L4_BASE_FACTORY_CAP, w->cap)
           && !l4_thread_control(w->cap, &control);
}

uint64_t worker_entry(void)
{
    return (uint64_t)worker_start_code;
}

uint64_t worker_stack(struct worker *w, void (*function)(struct worker *))
{
    uint64_t *top = (uint64_t *)(stacks[stacks_used++] + STACK_SIZE) - 2;
    w->function = function;
    *top = (uint64_t)w;
    return (uint64_t)top;
}

bool worker_run(struct worker *w, void (*function)(struct worker *), unsigned priority)
{
    return !l4_scheduler_run(L4_BASE_SCHEDULER_CAP, w->cap, priority)
           && !l4_thread_ex_regs(w->cap, worker_entry(), worker_stack(w, function), 0);
}

bool worker_start(struct worker *w, struct abi_task *task, void (*function)(struct worker *),
                  unsigned priority)
{
    return worker_create(w, task) && worker_run(w, function, priority);
}

bool kernel_audit(void)
{
    enum { AUDIT = 0x702 };
    l4_utcb()->mr[0] = AUDIT;
    l4_msgtag_t tag = l4_ipc_call(L4_BASE_DEBUGGER_CAP, l4_msgtag(L4_PROTO_DEBUGGER, 1, 0, 0),
                                  L4_NEVER);
    return l4_result(tag) != -L4_EINVAL;
}

long send_words(l4_cap_t cap, unsigned words)
{
    l4_timeouts_t timeouts = l4_timeouts(l4_timeout_us(50000), L4_TIMEOUT_NEVER);
    l4_msgtag_t tag = l4_ipc_send(cap, l4_msgtag(0, words, 0, 0), timeouts);
    return l4_msgtag_has_error(tag) ? -(L4_EIPC + l4_ipc_code()) : 0;
}
