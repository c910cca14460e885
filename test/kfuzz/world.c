/* SPDX-License-Identifier: BSD-2-Clause */
/* The children of a round: made, given things, disturbed, and killed. */
#include "kfuzz.h"

enum { COPY_ORDER = 20, PRIORITY = 50, PAGER_PRIORITY = 253 };

extern char __executable_start[], _end[];

struct fuzzer fuzzers[THREADS];
struct progress progress;
struct world world;

static char *copies[TASKS], *last_page;
static struct worker pager;

void *world_copy_of(unsigned task, const volatile void *p)
{
    return copies[task] + ((const volatile char *)p - __executable_start);
}

const struct fuzzer *world_fuzzer(unsigned index)
{
    return world_copy_of(index / PER_TASK, &fuzzers[index]);
}

static bool get_ports(uint64_t port, unsigned order)
{
    struct l4_utcb *u = l4_utcb();
    u->bdr = l4_bdr(0, 1, 0);
    u->br[1] = L4_RCV_MAP;
    u->br[2] = l4_fpage_io(0, 16, 0).raw;
    u->br[3] = 0;
    u->mr[0] = l4_fpage_io(port, order, L4_FPAGE_RW).raw;
    return l4_result(l4_ipc_call(L4_BASE_PAGER_CAP, l4_msgtag(L4_PROTO_IO_PAGE_FAULT, 1, 0, 0),
                                 L4_NEVER)) == 0;
}

/* The real-time clock interrupts on pin 8, each time its register 12 has been read. */
static unsigned char clock_read(unsigned char index)
{
    unsigned char value;
    __asm__ volatile("outb %1, $0x70\n\tinb $0x71, %0" : "=a"(value) : "a"(index));
    return value;
}

static bool clock_start(void)
{
    unsigned char control = clock_read(11) | 0x40;
    __asm__ volatile("outb %0, $0x70" : : "a"((unsigned char)11));
    __asm__ volatile("outb %0, $0x71" : : "a"(control));
    clock_read(12);
    return true;
}

bool world_init(void)
{
    for (unsigned i = 0; i < TASKS; i++)
        copies[i] = harness_ram(COPY_ORDER);
    last_page = harness_ram(12);
    return copies[0] && copies[1] && last_page && _end - __executable_start <= 1 << COPY_ORDER
           && get_ports(0x3000, 5) && get_ports(0xf4, 2) && get_ports(0x70, 1) && clock_start();
}

unsigned world_steps(void)
{
    unsigned steps = 0;
    for (unsigned i = 0; i < TASKS; i++) {
        const struct progress *p = world_copy_of(i, &progress);
        steps += p->steps < progress.limit ? p->steps : progress.limit;
    }
    return steps;
}

uint64_t world_leak(void)
{
    for (unsigned i = 0; i < TASKS; i++) {
        uint64_t leak = ((const struct progress *)world_copy_of(i, &progress))->leak;
        if (value_is_kernel_address(leak)) /* and not what they have spoilt themselves */
            return leak;
    }
    return 0;
}

/* --- making --- */

static bool map_memory(unsigned task)
{
    l4_cap_t to = world.task[task], from = L4_BASE_TASK_CAP;
    return !l4_task_map(to, from, l4_fpage_mem(world.memory, TEST_MEMORY_ORDER, L4_FPAGE_RWX),
                        CHILD_MEMORY)
           && !l4_task_map(to, from, l4_fpage_mem(world.canary, 12, L4_FPAGE_R), CHILD_CANARY)
           && !l4_task_map(to, from, l4_fpage_mem((uint64_t)last_page, 12, L4_FPAGE_RWX),
                           CHILD_LAST)
           && !l4_task_map(to, from, l4_fpage_io(0x3000, 4, L4_FPAGE_RW), 0);
}

static bool make_thread(unsigned i)
{
    struct fuzzer *f = &fuzzers[i];
    l4_cap_t slot = l4_cap(S_PAGER + i % PER_TASK), task = world.task[i / PER_TASK];
    world.thread[i] = cap_new();
    world.pager_gate[i] = cap_new();
    *f = (struct fuzzer){.index = i, .dice = {dice_word(&world.dice) | 1}};
    f->worker.utcb = CHILD_KU_MEM + i % PER_TASK * L4_UTCB_SIZE;
    struct l4_thread_control control = {slot, slot, task, f->worker.utcb};
    return !l4_factory_create_thread(world.factory, world.thread[i])
           && !l4_factory_create_gate(L4_BASE_FACTORY_CAP, world.pager_gate[i], pager.cap,
                                      (i + 1) << 4)
           && !l4_thread_control(world.thread[i], &control)
           && !l4_task_map_cap(task, world.pager_gate[i], slot, L4_CAP_RWS);
}

/* What is in slot @slot of child @task: ours to give again. */
static l4_cap_t source(unsigned task, unsigned slot)
{
    unsigned own = task * PER_TASK, other = (TASKS - 1 - task) * PER_TASK;
    if (slot == S_TASK)
        return world.task[task];
    if (slot == S_FACTORY)
        return world.factory;
    if (slot >= S_THREAD && slot < S_THREAD + PER_TASK)
        return world.thread[own + slot - S_THREAD];
    if (slot == S_OTHER_TASK)
        return world.task[TASKS - 1 - task];
    if (slot >= S_OTHER_THREAD && slot < S_OTHER_THREAD + PER_TASK)
        return world.thread[other + slot - S_OTHER_THREAD];
    return world.thing[slot];
}

static unsigned rights_for(unsigned slot)
{
    static const uint8_t sealed[] = {L4_CAP_RW, L4_CAP_R | L4_CAP_S, L4_CAP_RW, L4_CAP_RW,
                                     L4_CAP_RW, L4_CAP_R, L4_CAP_RWS};
    if (slot >= S_SEALED_FACTORY && slot <= S_HERMIT_GATE)
        return sealed[slot - S_SEALED_FACTORY];
    if (slot == S_DEBUGGER) /* with W it would stop for keys */
        return L4_CAP_R | L4_CAP_S;
    if (slot >= S_SCHEDULER && slot <= S_ICU)
        return L4_CAP_RWS;
    bool deletes = slot >= S_IRQ && slot <= S_SUB_FACTORY ? dice_rarely(&world.dice, 3)
                                                          : dice_rarely(&world.dice, 60);
    return deletes ? L4_CAP_RWSD : L4_CAP_RWS;
}

/* A new object for what was in @slot. */
static bool make_thing(unsigned slot)
{
    l4_cap_t target = world.thing[slot];
    switch (slot) {
    case S_IRQ: case S_IRQ2:
        return !l4_factory_create_irq(world.factory, target);
    case S_SEMAPHORE:
        return !l4_factory_create_semaphore(world.factory, target);
    case S_GATE: case S_OTHER_GATE:
        return !l4_factory_create_gate(world.factory, target,
                                       world.thread[slot == S_GATE ? 1 : 1 + PER_TASK], 0x70);
    case S_LOOSE_GATE:
        return !l4_factory_create_gate(world.factory, target, 0, 0);
    case S_SPARE_TASK:
        return !l4_factory_create_task(world.factory, target,
                                       l4_fpage_mem(CHILD_KU_MEM, 13, L4_FPAGE_RW));
    case S_SPARE_THREAD:
        return !l4_factory_create_thread(world.factory, target);
    case S_SUB_FACTORY:
        return !l4_factory_create_factory(world.factory, target, 30000);
    default:
        return true;
    }
}

static void give(unsigned task, unsigned slot)
{
    l4_cap_t cap = source(task, slot);
    uint64_t server = dice_rarely(&world.dice, 6) ? 0 : L4_ITEM_SERVER;
    if (slot >= S_SEALED_GATE)
        server = 0;
    l4_task_map(world.task[task], L4_BASE_TASK_CAP, l4_fpage_obj(cap, 0, rights_for(slot)),
                l4_cap(slot) | server);
}

static bool is_empty(unsigned task, unsigned slot)
{
    l4_utcb()->mr[0] = L4_TASK_CAP_INFO;
    l4_utcb()->mr[1] = l4_cap(slot);
    return l4_result(l4_ipc_call(world.task[task], l4_msgtag(L4_PROTO_TASK, 2, 0, 0), L4_NEVER))
           == 0;
}

void world_refill(void)
{
    for (unsigned slot = S_IRQ; slot <= S_SUB_FACTORY; slot++)
        if (!l4_cap_valid(world.thing[slot]))
            make_thing(slot);
    for (unsigned task = 0; task < TASKS; task++) {
        for (unsigned slot = S_TASK; slot <= S_HERMIT_GATE; slot++)
            if (is_empty(task, slot))
                give(task, slot);
        for (unsigned i = 0; i < PER_TASK; i++)
            if (is_empty(task, S_PAGER + i))
                l4_task_map_cap(world.task[task], world.pager_gate[task * PER_TASK + i],
                                l4_cap(S_PAGER + i), L4_CAP_RWS);
        if (dice_rarely(&world.dice, 3))
            map_memory(task);
    }
}

static void make_things(void)
{
    static const struct {
        unsigned slot;
        l4_cap_t cap;
    } base[] = {{S_SCHEDULER, L4_BASE_SCHEDULER_CAP}, {S_LOG, L4_BASE_LOG_CAP},
                {S_ICU, L4_BASE_ICU_CAP}, {S_DEBUGGER, L4_BASE_DEBUGGER_CAP}};
    for (unsigned slot = S_IRQ; slot <= S_SUB_FACTORY; slot++)
        world.thing[slot] = cap_new();
    for (unsigned i = 0; i < sizeof base / sizeof base[0]; i++)
        world.thing[base[i].slot] = base[i].cap;
}

/* Code that is the same is not written again: an emulator would have to translate it anew. */
static void renew(char *copy)
{
    const uint64_t *from = (const uint64_t *)__executable_start;
    uint64_t *to = (uint64_t *)copy;
    for (size_t i = 0; i < (size_t)(_end - __executable_start) / 8; i++)
        if (to[i] != from[i])
            to[i] = from[i];
}

static void start(void)
{
    for (unsigned i = 0; i < THREADS; i++)
        fuzzers[i].worker.argument = (void *)worker_stack(&fuzzers[i].worker,
                                                          fuzzers[i].worker.function);
    for (unsigned i = 0; i < TASKS; i++)
        renew(copies[i]);
    for (unsigned i = 0; i < THREADS; i++) {
        l4_scheduler_run(L4_BASE_SCHEDULER_CAP, world.thread[i], PRIORITY);
        l4_thread_ex_regs(world.thread[i], worker_entry(),
                          (uint64_t)fuzzers[i].worker.argument, 0);
    }
}

static void fuzz(struct worker *w)
{
    struct fuzzer *f = (struct fuzzer *)w; /* its first member */
    while (replay_wanted() && progress.steps < progress.limit)
        replay_thread(f);
    while (progress.steps < progress.limit) {
        progress.steps++;
        f->steps++;
        fuzz_step(f);
    }
}

bool world_make(uint64_t seed, unsigned steps)
{
    static const uint64_t limits[] = {400000, 600000, 2000000, 8000000};
    world = (struct world){.dice = {seed | 1}, .factory = cap_new(), .sub_factory = cap_new(),
                           .memory = (uint64_t)test_memory()};
    progress = (struct progress){.limit = steps};
    pager_seed(dice_word(&world.dice));
    uint64_t limit = limits[dice_below(&world.dice, 4)];
    if (l4_factory_create_factory(L4_BASE_FACTORY_CAP, world.factory, limit)
        || !worker_start(&pager, &own_task, pager_serve, PAGER_PRIORITY) || !witness_start()
        || !sealed_make(world.factory))
        return false;
    for (unsigned i = 0; i < TASKS; i++) {
        world.task[i] = cap_new();
        if (l4_factory_create_task(world.factory, world.task[i],
                                   l4_fpage_mem(CHILD_KU_MEM, CHILD_KU_ORDER, L4_FPAGE_RW))
            || !map_memory(i))
            return false;
    }
    for (unsigned i = 0; i < THREADS; i++)
        if (!make_thread(i))
            return false;
    for (unsigned i = 0; i < THREADS; i++)
        fuzzers[i].worker.function = fuzz;
    make_things();
    world_refill();
    start();
    return true;
}

/* --- disturbing --- */

static void restart(unsigned i)
{
    struct fuzzer *f = &fuzzers[i];
    *(uint64_t *)world_copy_of(i / PER_TASK, f->worker.argument) = (uint64_t)&f->worker;
    l4_thread_control(world.thread[i], &(struct l4_thread_control){
                          .pager = l4_cap(S_PAGER + i % PER_TASK),
                          .exc_handler = l4_cap(S_PAGER + i % PER_TASK)});
    l4_thread_ex_regs(world.thread[i], worker_entry(), (uint64_t)f->worker.argument,
                      L4_EX_REGS_CANCEL);
}

bool world_revive(void)
{
    static unsigned before[THREADS];
    bool moves = false;
    for (unsigned i = 0; i < THREADS; i++) {
        unsigned now = world_fuzzer(i)->steps;
        moves |= now != before[i];
        if (now == before[i]) {
            l4_scheduler_run(L4_BASE_SCHEDULER_CAP, world.thread[i], PRIORITY);
            restart(i);
        }
        before[i] = now;
    }
    return moves;
}

static void delete_something(void)
{
    struct dice *d = &world.dice;
    if (dice_rarely(d, 200))
        l4_cap_delete(world.task[dice_below(d, TASKS)]);
    else if (dice_rarely(d, 30))
        l4_cap_delete(world.thread[dice_below(d, THREADS)]);
    else
        l4_cap_delete(world.thing[S_IRQ + dice_below(d, S_SUB_FACTORY - S_IRQ + 1)]);
}

static void unmap_something(void)
{
    struct dice *d = &world.dice;
    l4_cap_t task = world.task[dice_below(d, TASKS)];
    switch (dice_below(d, 4)) {
    case 0:
        l4_task_unmap(task, l4_fpage_mem(0, L4_WHOLE_SPACE, L4_FPAGE_RWX), L4_UNMAP_ALL_SPACES);
        break;
    case 1:
        l4_task_unmap(task, l4_fpage_obj(l4_cap(S_FREE), 4, 0xf), L4_UNMAP_DELETE);
        break;
    default:
        l4_task_unmap(L4_BASE_TASK_CAP,
                      l4_fpage_mem(world.memory, TEST_MEMORY_ORDER, (unsigned)dice_below(d, 8)),
                      L4_UNMAP_CHILDREN);
    }
}

void world_disturb(void)
{
    struct dice *d = &world.dice;
    unsigned i = (unsigned)dice_below(d, THREADS);
    switch (dice_below(d, 16)) {
    case 0: case 1: case 2:
        world_refill();
        break;
    case 3:
        l4_thread_ex_regs(world.thread[i], ~0ull, ~0ull,
                          L4_EX_REGS_CANCEL | (dice_below(d, 2) ? L4_EX_REGS_TRIGGER : 0));
        break;
    case 4:
        restart(i);
        break;
    case 5:
        clock_read(12);
        l4_irq_trigger(world.thing[S_IRQ]);
        l4_semaphore_up(world.thing[S_SEMAPHORE]);
        break;
    case 6:
        unmap_something();
        break;
    case 7:
        delete_something();
        break;
    case 8:
        for (i = 0; i < THREADS; i++)
            l4_scheduler_run(L4_BASE_SCHEDULER_CAP, world.thread[i], PRIORITY);
        break;
    case 9:
        l4_ipc_send(world.thread[i], l4_msgtag(0, 3, 0, 0), L4_BOTH_ZERO);
        break;
    default:
        break;
    }
}

void world_end(void)
{
    l4_cap_t all[S_END + TASKS + THREADS + 1];
    unsigned count = 0;
    for (unsigned slot = S_IRQ; slot <= S_SUB_FACTORY; slot++)
        all[count++] = world.thing[slot];
    for (unsigned i = 0; i < TASKS; i++)
        all[count++] = world.task[i];
    for (unsigned i = 0; i < THREADS; i++)
        all[count++] = world.thread[i];
    all[count++] = world.factory;
    while (count > 0) {
        unsigned i = (unsigned)dice_below(&world.dice, count);
        l4_cap_delete(all[i]);
        all[i] = all[--count];
    }
}
