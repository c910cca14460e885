/* SPDX-License-Identifier: BSD-2-Clause */
#include "serve.h"

#include <l4/utcb.h>
#include <string.h>

#include "console/console.h"
#include "errors/errors.h"
#include "idl/root.h"
#include "machine.h"
#include "ports.h"
#include "sigma0/client.h"
#include "sigma0/protocol.h"

static paddr_t kip;
static struct module *modules;
static unsigned module_count;

static struct ipc_object objects[MODULES_MAX];
static struct ipc_reply_slot replies[1];
static struct ipc_server server = {
    .name = "roottask",
    .thread = L4_BASE_THREAD_CAP,
    .factory = L4_BASE_FACTORY_CAP,
    .objects = objects,
    .object_count = MODULES_MAX,
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

    if (!(m->quota->may & MAY_RAM) || !ram_take(r->order, RAM_MODULE + m->index, &start))
        return sigma0_plain(-L4_ENOMEM);
    return sigma0_ram(start.raw, r->order, L4_FPAGE_RWX);
}

static struct sigma0_answer get_ram(const struct module *m, const struct sigma0_request *r)
{
    if (!(m->quota->may & MAY_RAM)
        || !ram_take_at((paddr_t){r->address}, r->order, RAM_MODULE + m->index))
        return sigma0_plain(-L4_ENOMEM);
    return sigma0_ram(r->address, r->order, L4_FPAGE_RWX);
}

static struct sigma0_answer get_iomem(const struct module *m, const struct sigma0_request *r)
{
    if (!(m->quota->may & MAY_DEVICES)
        || sigma0_get_iomem(L4_BASE_PAGER_CAP, r->address, r->order, sigma0_everywhere()) < 0)
        return sigma0_plain(-L4_ENOMEM);
    return sigma0_iomem(r->address, r->order, r->cached);
}

/* Two drivers never have the same ports: whoever comes first. */
static struct sigma0_answer get_ports(const struct module *m, const struct sigma0_request *r)
{
    if (!(m->quota->may & MAY_DEVICES) || !ports_take(r->port, r->order, m->index))
        return sigma0_plain(-L4_ENOMEM);
    return sigma0_ports(r->port, r->order);
}

/* Who has which RAM, in the form of the books (contracts.md 4); then sigma0's own dump. */
static void dump(void)
{
    say("books roottask free ram %lu 0", ram_free());
    for (unsigned i = 0; i < module_count; i++)
        if (modules[i].task)
            say("books roottask %s ram %lu 0", modules[i].name, ram_of(RAM_MODULE + i));
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

static const struct root_ops ops = {.shutdown = op_shutdown, .memory = op_memory};
static const struct ipc_kind module_kind = {
    .name = "module", .dispatch = root_dispatch, .ops = &ops, .foreign = message};

long serve_init(paddr_t kip_address, struct module *table, unsigned count)
{
    kip = kip_address;
    modules = table;
    module_count = count;
    return ipc_server_init(&server);
}

long serve_gate(struct module *module)
{
    return ipc_service_create(&server, &module_kind, module, &module->gate);
}

void serve_forget(struct module *module)
{
    if (module->gate)
        ipc_object_destroy(&server, module->gate);
    module->gate = NULL;
}

_Noreturn void serve(void)
{
    for (;;) {
        long error = ipc_serve(&server);
        say("waiting for messages: %s", error_text(error));
    }
}
