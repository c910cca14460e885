/* SPDX-License-Identifier: BSD-2-Clause */
#include "serve.h"

#include <l4/utcb.h>
#include <string.h>

#include "children.h"
#include "console/console.h"
#include "errors/errors.h"
#include "idl/root.h"
#include "irqs.h"
#include "l4sys/task.h"
#include "machine.h"
#include "ports.h"
#include "priorities.h"
#include "sigma0/client.h"
#include "sigma0/protocol.h"

#define RESERVE_MAX (1ull << 30)

enum { GATES = 4 }; /* of a module, at most */

static paddr_t kip;
static struct module *modules;
static unsigned module_count;

static struct ipc_object objects[GATES * MODULES_MAX];
static struct ipc_reply_slot replies[1];
static struct ipc_server server = {
    .name = "roottask",
    .thread = L4_BASE_THREAD_CAP,
    .factory = L4_BASE_FACTORY_CAP,
    .objects = objects,
    .object_count = GATES * MODULES_MAX,
    .replies = replies,
    .reply_count = 1,
};

/* The module is at an end: everything of it goes, the others live on. */
static void end_module(struct module *m)
{
    module_end(m);
    serve_forget(m);
}

static const char *access_name(unsigned rights)
{
    return rights & L4_FPAGE_W ? "write" : rights & L4_FPAGE_X ? "execute" : "read";
}

static long page_fault(struct module *m, const struct sigma0_request *r)
{
    say("module %s: page fault at 0x%lx (%s) ip 0x%lx", m->name, r->address,
        access_name(r->rights), r->ip);
    end_module(m);
    return 0;
}

static long exception(struct module *m)
{
    struct l4_exc_regs regs;

    memcpy(&regs, ipc_utcb()->mr, sizeof regs);
    say("module %s: exception %lu (error 0x%lx) ip 0x%lx", m->name, regs.trap, regs.error,
        regs.rip);
    end_module(m);
    return 0;
}

static struct sigma0_answer get_any(const struct module *m, const struct sigma0_request *r)
{
    paddr_t start;

    if (!(m->quota->may & MAY_RAM) || !ram_take(r->order, &m->ram, &start))
        return sigma0_plain(-L4_ENOMEM);
    return sigma0_ram(start.raw, r->order, L4_FPAGE_RWX);
}

static struct sigma0_answer get_ram(const struct module *m, const struct sigma0_request *r)
{
    if (!(m->quota->may & MAY_RAM) || !ram_take_at((paddr_t){r->address}, r->order, &m->ram))
        return sigma0_plain(-L4_ENOMEM);
    return sigma0_ram(r->address, r->order, L4_FPAGE_RWX);
}

/* Several modules may have the same, if the configuration says so. */
static struct sigma0_answer get_iomem(const struct module *m, const struct sigma0_request *r)
{
    struct quota_range wish = {r->address, r->address + (1ull << r->order)};

    if (!quota_allows(m->quota->devices, m->quota->device_count, wish)
        || sigma0_get_iomem(L4_BASE_PAGER_CAP, r->address, r->order, sigma0_everywhere()) < 0)
        return sigma0_plain(-L4_ENOMEM);
    return sigma0_iomem(r->address, r->order, r->cached);
}

/* Two drivers never have the same ports: whoever comes first. */
static struct sigma0_answer get_ports(const struct module *m, const struct sigma0_request *r)
{
    struct quota_range wish = {r->port, r->port + (1ull << r->order)};

    if (!quota_allows(m->quota->ports, m->quota->port_count, wish)
        || !ports_take(r->port, r->order, m->index))
        return sigma0_plain(-L4_ENOMEM);
    return sigma0_ports(r->port, r->order);
}

static void dump_module(const struct module *m)
{
    const struct {
        const char *kind;
        unsigned count;
    } rows[] = {{"interrupt", irqs_of(m)}, {"port", ports_of(m->index)}, {"task", children_of(m)}};

    say("books roottask %s ram %lu 0", m->name, ram_of(m->ram.number));
    for (unsigned i = 0; i < sizeof rows / sizeof rows[0]; i++)
        if (rows[i].count)
            say("books roottask %s %s %u 0", m->name, rows[i].kind, rows[i].count);
}

/* Who has what, in the form of the books (contracts.md 4); then sigma0's own dump. */
static void dump(void)
{
    say("books roottask free ram %lu 0", ram_free());
    for (unsigned i = 0; i < module_count; i++)
        if (modules[i].task)
            dump_module(&modules[i]);
    say("books roottask roottask ram %lu 0", ram_of(RAM_ROOT));
    sigma0_dump(L4_BASE_PAGER_CAP);
}

static struct sigma0_answer answer(const struct module *m, const struct sigma0_request *r)
{
    switch (r->op) {
    case SIGMA0_ANY:
        return get_any(m, r);
    case SIGMA0_RAM:
        return get_ram(m, r);
    case SIGMA0_IOMEM:
        return get_iomem(m, r);
    case SIGMA0_KIP:
        return sigma0_kip(kip.raw);
    case SIGMA0_PORTS:
        return get_ports(m, r);
    case SIGMA0_DUMP:
        dump();
        return sigma0_plain(0);
    default:
        return sigma0_plain(-L4_ENOSYS);
    }
}

static long message(struct ipc_call *call)
{
    struct module *m = call->object->data;
    struct sigma0_request request;

    if (l4_msgtag_label(call->tag) == L4_PROTO_EXCEPTION)
        return exception(m);
    long error = sigma0_decode(call->tag, ipc_utcb()->mr, &request);
    if (error < 0)
        return error;
    if (request.op == SIGMA0_FAULT)
        return page_fault(m, &request);
    struct sigma0_answer a = answer(m, &request);
    ipc_foreign_reply(call, a.label, 0, a.item ? 1 : 0);
    sigma0_encode(&a, ipc_utcb()->mr);
    return 0;
}

static long op_shutdown(struct ipc_call *call, int32_t code)
{
    if (!(call->rights & L4_CAP_S))
        return -ERR_EPERM;
    machine_end(code);
}

static long op_memory(struct ipc_call *call, uint64_t *free)
{
    (void)call;
    *free = ram_free();
    return 0;
}

static long op_exit(struct ipc_call *call, int32_t code)
{
    struct module *m = call->object->data;

    say("module %s: ended, code %d", m->name, code);
    end_module(m);
    return 0; /* the answer finds nobody */
}

static long op_kill(struct ipc_call *call, const char *name)
{
    if (!(call->rights & L4_CAP_S))
        return -ERR_EPERM;
    for (unsigned i = 0; i < module_count; i++) {
        struct module *m = &modules[i];
        if (!m->task || strcmp(m->name, name) != 0)
            continue;
        say("module %s: killed", m->name);
        end_module(m);
        return 0;
    }
    return -ERR_ENOENT;
}

static long op_reserve(struct ipc_call *call, uint64_t size, uint64_t alignment, uint64_t low,
                       uint64_t high, uint64_t *address)
{
    const struct module *m = call->object->data;
    struct ram_owner within = m->ram;
    paddr_t start;

    if (!(m->quota->may & MAY_RAM))
        return -ERR_EPERM;
    if (size == 0 || size > RESERVE_MAX || alignment < L4_PAGE_SIZE || alignment > RESERVE_MAX
        || alignment & (alignment - 1))
        return -ERR_EINVAL;
    within.start = low > within.start ? low : within.start;
    within.end = high < within.end ? high : within.end;
    size = (size + L4_PAGE_SIZE - 1) & L4_PAGE_MASK;
    if (!ram_reserve(size, alignment, &within, &start))
        return -ERR_ENOMEM;
    *address = start.raw;
    return 0;
}

static long op_give(struct ipc_call *call, uint64_t address, uint64_t size)
{
    const struct module *m = call->object->data;
    uint64_t end = address + size;

    if ((address | size) & ~L4_PAGE_MASK || size == 0 || end < address)
        return -ERR_EINVAL;
    if (!ram_owned((paddr_t){address}, (paddr_t){end}, m->ram.number))
        return -ERR_EPERM;
    for (uint64_t at = address; at < end;) {
        unsigned order = piece_order(at, end);
        l4_task_unmap(L4_BASE_TASK_CAP, l4_fpage_mem(at, order, L4_FPAGE_RWX), L4_UNMAP_CHILDREN);
        at += 1ull << order;
    }
    ram_give((paddr_t){address}, (paddr_t){end});
    return 0;
}

static const struct root_ops ops = {.shutdown = op_shutdown, .memory = op_memory, .exit = op_exit,
                                    .kill = op_kill, .reserve = op_reserve, .give = op_give};
static const struct ipc_kind module_kind = {
    .name = "module", .dispatch = root_dispatch, .ops = &ops, .foreign = message};

long serve_init(paddr_t kip_address, struct module *table, unsigned count)
{
    kip = kip_address;
    modules = table;
    module_count = count;
    return ipc_server_init(&server);
}

/* A gate of @kind for @module, if it is @wanted. */
static long make_gate(struct module *module, const struct ipc_kind *kind, bool wanted,
                      struct ipc_object **gate)
{
    return wanted ? ipc_service_create(&server, kind, module, gate) : 0;
}

long serve_gates(struct module *m)
{
    const struct quota *q = m->quota;
    long error = make_gate(m, &module_kind, true, &m->gate);

    if (error >= 0)
        error = make_gate(m, &irqs_kind, q->irqs != 0, &m->icu);
    if (error >= 0)
        error = make_gate(m, &children_kind, q->child_max != QUOTA_ANY_NUMBER, &m->children);
    if (error >= 0)
        error = make_gate(m, &priorities_kind, q->mcp < QUOTA_PRIORITY_MAX, &m->scheduler);
    return error;
}

void serve_forget(struct module *module)
{
    struct ipc_object **gates[GATES] = {&module->gate, &module->icu, &module->children,
                                        &module->scheduler};

    for (unsigned i = 0; i < GATES; i++) {
        if (*gates[i])
            ipc_object_destroy(&server, *gates[i]);
        *gates[i] = NULL;
    }
}

_Noreturn void serve(void)
{
    for (;;) {
        long error = ipc_serve(&server);
        say("waiting for messages: %s", error_text(error));
    }
}
