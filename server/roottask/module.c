/* SPDX-License-Identifier: BSD-2-Clause */
#include "module.h"

#include <l4/kip.h>
#include <string.h>
#include <task/layout.h>
#include <task/slots.h>

#include "arguments.h"
#include "children.h"
#include "console/console.h"
#include "errors/errors.h"
#include "image.h"
#include "ipc/ipc.h"
#include "irqs.h"
#include "l4sys/clock.h"
#include "l4sys/factory.h"
#include "l4sys/log.h"
#include "l4sys/task.h"
#include "l4sys/thread.h"
#include "ports.h"
#include "stack.h"

enum { STACK_ORDER = 16 };
_Static_assert(1 << STACK_ORDER == SERVER_STACK_SIZE, "one piece");
_Static_assert(SERVER_STACK_TOP % SERVER_STACK_SIZE == 0, "aligned to its size");

long module_map(const struct module *module, paddr_t from, maddr_t at, uint64_t size,
                unsigned rights)
{
    unsigned order;

    for (uint64_t done = 0; done < size; done += 1ull << order) {
        order = piece_order((from.raw + done) | (at.raw + done), ~0ull);
        while (done + (1ull << order) > size)
            order--;
        long error = l4_task_map(module->task, L4_BASE_TASK_CAP,
                                 l4_fpage_mem(from.raw + done, order, rights), at.raw + done);
        if (error < 0)
            return error;
    }
    return 0;
}

static long make_objects(struct module *m, uint64_t kernel_heap)
{
    l4_fpage_t utcbs = l4_fpage_mem(TASK_UTCBS, TASK_UTCBS_ORDER, L4_FPAGE_RW);
    uint64_t share = kernel_heap / 1000 * m->quota->kernel_share;
    uint64_t limit = m->quota->kernel_max ? m->quota->kernel_max : share;

    m->factory = slots_alloc();
    m->task = slots_alloc();
    m->thread = slots_alloc();
    if (!m->factory || !m->task || !m->thread)
        return -ERR_ENOMEM;
    long error = l4_factory_create_factory(L4_BASE_FACTORY_CAP, m->factory, limit);
    if (error >= 0)
        error = l4_factory_create_task(m->factory, m->task, utcbs);
    if (error >= 0)
        error = l4_factory_create_thread(m->factory, m->thread);
    return error;
}

static long give(const struct module *m, l4_cap_t cap, l4_cap_t slot, unsigned rights)
{
    return l4_task_map_cap(m->task, cap, slot, rights);
}

/* The gate of @proxy, if the module has one, else @otherwise. */
static l4_cap_t proxy_or(const struct ipc_object *proxy, l4_cap_t otherwise)
{
    return proxy ? proxy->gate : otherwise;
}

/* The slots of contracts.md 1. The first error sticks. */
static long give_capabilities(const struct module *m, const struct surroundings *with)
{
    unsigned gate_rights = m->quota->may & MAY_END || m->last ? L4_CAP_RWS : L4_CAP_RW;
    const struct { l4_cap_t cap, slot; unsigned rights; } gifts[] = {
        {m->task, TASK_CAP_TASK, L4_CAP_RWS},
        {proxy_or(m->children, m->factory), TASK_CAP_FACTORY, L4_CAP_RWS},
        {m->thread, TASK_CAP_THREAD, L4_CAP_RWS},
        {m->gate->gate, TASK_CAP_PAGER, gate_rights},
        {m->gate->gate, TASK_CAP_EXCEPTION, L4_CAP_RW},
        {L4_BASE_LOG_CAP, TASK_CAP_LOG, L4_CAP_RW},
        {proxy_or(m->scheduler, L4_BASE_SCHEDULER_CAP), TASK_CAP_SCHEDULER, L4_CAP_RW},
        {L4_BASE_DEBUGGER_CAP, TASK_CAP_DEBUGGER, L4_CAP_RW},
        {proxy_or(m->icu, 0), TASK_CAP_ICU, L4_CAP_RW},
        {with->log_base, TASK_CAP_LOG_BASE, L4_CAP_RWS},
        {with->names_base, TASK_CAP_NAMES_BASE, L4_CAP_RWS},
    };

    for (unsigned i = 0; i < sizeof gifts / sizeof gifts[0]; i++) {
        long error = gifts[i].cap ? give(m, gifts[i].cap, gifts[i].slot, gifts[i].rights) : 0;
        if (error < 0)
            return error;
    }
    return 0;
}

/* log and names bind the gates that everybody else already waits at. */
static long give_service(const struct module *m)
{
    if (!m->service)
        return 0;
    return l4_task_map(m->task, L4_BASE_TASK_CAP, l4_fpage_obj(*m->service, 0, L4_CAP_RWS),
                       TASK_CAP_SERVICE | L4_ITEM_SERVER);
}

/* What a module is started with: decided before anything is made. */
struct start {
    const struct elf_object *object;
    struct stack_contents stack;
};

static long check_arguments(const struct module *m, struct stack_contents *stack)
{
    static char strings[SERVER_STACK_SIZE / 4];
    long size = arguments_split(m->line, strings, sizeof strings, &stack->argc);

    if (size < 0) {
        say("module %s: not started: command line: %s", m->name,
            size == -ERR_EINVAL ? "a quote is not closed" : "too long");
        return size;
    }
    stack->strings = strings;
    stack->strings_size = (size_t)size;
    return 0;
}

static long check(const struct module *m, paddr_t kip, struct start *start)
{
    uint64_t now = l4_clock_us(pointer_to(kip));
    long error = image_check(m, &start->object);

    if (error < 0)
        return error;
    start->stack = (struct stack_contents){
        .headers = {start->object->headers},
        .header_count = start->object->header_count,
        .entry = {start->object->entry},
        .kip = {TASK_KIP},
        .random = {now * 0x9e3779b97f4a7c15ull, (uintptr_t)m ^ now},
    };
    return check_arguments(m, &start->stack);
}

static long give_stack(const struct module *m, const struct stack_contents *contents, maddr_t *sp)
{
    const maddr_t top = {SERVER_STACK_TOP};
    paddr_t block;

    if (!ram_take(STACK_ORDER, &m->ram, &block))
        return -ERR_ENOMEM;
    memset(pointer_to(block), 0, SERVER_STACK_SIZE);
    *sp = stack_build(pointer_to(block), SERVER_STACK_SIZE, top, contents);
    if (!sp->raw)
        return -ERR_E2BIG;
    return module_map(m, block, (maddr_t){SERVER_STACK_TOP - SERVER_STACK_SIZE}, SERVER_STACK_SIZE,
                      L4_FPAGE_RW);
}

static long run(const struct module *m, maddr_t entry, maddr_t sp)
{
    struct l4_thread_control control = {.pager = TASK_CAP_PAGER,
                                        .exc_handler = TASK_CAP_EXCEPTION,
                                        .task = m->task,
                                        .utcb = TASK_UTCBS};
    long error = l4_thread_control(m->thread, &control);

    if (error >= 0)
        error = l4_scheduler_run(L4_BASE_SCHEDULER_CAP, m->thread, m->quota->priority);
    if (error >= 0)
        error = l4_thread_ex_regs(m->thread, entry.raw, sp.raw, 0);
    return error;
}

static long make(struct module *m, const struct surroundings *with, const struct start *start)
{
    maddr_t sp;
    long error = make_objects(m, with->kernel_heap);

    if (error >= 0)
        error = image_load(m, start->object);
    if (error >= 0)
        error = give_stack(m, &start->stack, &sp);
    if (error >= 0)
        error = module_map(m, with->kip, (maddr_t){TASK_KIP}, L4_PAGE_SIZE, L4_FPAGE_RX);
    if (error >= 0)
        error = give_capabilities(m, with);
    if (error >= 0)
        error = give_service(m);
    if (error >= 0)
        error = run(m, (maddr_t){start->object->entry}, sp);
    return error;
}

long module_start(struct module *m, const struct surroundings *with)
{
    struct start start;
    long error = check(m, with->kip, &start);

    if (error < 0)
        return error;
    error = make(m, with, &start);
    if (error < 0) {
        say("module %s: not started: %s", m->name, error_text(error));
        return error;
    }
    l4_debugger_set_name(L4_BASE_DEBUGGER_CAP, m->task, m->name);
    l4_debugger_set_name(L4_BASE_DEBUGGER_CAP, m->thread, m->name);
    return 0;
}

static void delete_object(l4_cap_t *object)
{
    if (*object) {
        l4_cap_delete(*object);
        slots_free(*object);
    }
    *object = 0;
}

void module_end(struct module *m)
{
    delete_object(&m->thread);
    delete_object(&m->task);
    delete_object(&m->factory);
    if (m->service)
        delete_object(m->service);
    ram_give_all(m->ram.number);
    ports_give_all(m->index);
    irqs_give_all(m);
    children_forget(m);
}
