/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdio.h>
#include <string.h>

#include <task/slots.h>

#include "errors/errors.h"
#include "faulty.h"
#include "idl/dataspace.h"
#include "idl/dm.h"
#include "idl/fprov.h"
#include "ipc/ipc.h"
#include "ipc/slots.h"
#include "l4sys/factory.h"
#include "server/server.h"

/*
 * A file provider, INJECT_FPROV, in front of BMODFS: its n-th call goes wrong. A file DIR.cfg it
 * makes itself: a script that starts DIR/t_inject with libraries from DIR, so that exec knows none
 * of the files yet. A script called warm.cfg starts t_true, with libc.so; moved.cfg too, with
 * memory where exec suggests libc.so (exec seed=1; t_true is the first program), so that it has to
 * be linked again.
 */

enum { FOREIGN_MAX = 1 << 20 };

static _Alignas(L4_PAGE_SIZE) unsigned char foreign[FOREIGN_MAX]; /* of the manager in here */
static struct ipc_object objects[64];
static struct ipc_reply_slot replies[4];
static struct ipc_object *nobody;
static l4_cap_t bmodfs, silent;
static struct ipc_later unanswered;
static const struct ipc_kind foreign_kind;

static struct ipc_server server = {
    .name = "inject_fprov", .thread = TASK_CAP_THREAD, .factory = TASK_CAP_FACTORY,
    .objects = objects, .object_count = 64, .replies = replies, .reply_count = 4,
};

/** A file as it was got, in a slot of ours, on the client's session. */
struct file {
    l4_cap_t dataspace;
    uint64_t size;
};

static uint64_t pages(uint64_t size)
{
    return (size + L4_PAGE_SIZE - 1) & L4_PAGE_MASK;
}

static long make_script(const char *name, l4_cap_t dm, struct file *file)
{
    char text[600];
    void *address;
    int length = (int)strcspn(name, ".");

    if (strcmp(name, "warm.cfg") == 0)
        file->size = (uint64_t)snprintf(text, sizeof text, "task \"t_true\"\n");
    else if (strcmp(name, "moved.cfg") == 0)
        file->size = (uint64_t)snprintf(text, sizeof text, "verbose 1\ntask \"t_true\"\n"
                                        "memory 64KB at 0x2001e7840000\n");
    else
        file->size = (uint64_t)snprintf(text, sizeof text,
                                        "libpath \"%.*s\"\ntask \"%.*s/t_inject\"\n", length, name,
                                        length, name);
    long error = dm_open(dm, L4_PAGE_SIZE, 0, "script", file->dataspace);
    if (error < 0)
        return error;
    error = server_map(file->dataspace, 0, L4_PAGE_SIZE, L4_FPAGE_RW, &address);
    if (error < 0)
        return error;
    memcpy(address, text, file->size);
    server_unmap(address, L4_PAGE_SIZE);
    return 0;
}

static long get(const char *name, l4_cap_t dm, struct file *file)
{
    size_t length = strlen(name);

    if (length > 4 && strcmp(name + length - 4, ".cfg") == 0)
        return make_script(name, dm, file);
    return fprov_open(bmodfs, name, dm, &file->size, file->dataspace);
}

/** Other bytes from the 5th on: still an ELF file at first sight, or no script. */
static long spoil(const struct file *file)
{
    void *address;
    long error = server_map(file->dataspace, 0, pages(file->size), L4_FPAGE_RW, &address);
    uint32_t random = 1;

    if (error < 0)
        return error;
    for (uint64_t i = 4; i < file->size; i++)
        ((unsigned char *)address)[i] = (unsigned char)((random = random * 1664525 + 1013904223) >> 24);
    server_unmap(address, pages(file->size));
    return 0;
}

/** The same bytes as a dataspace of a manager that nobody knows: this program. */
static long own_dataspace(struct ipc_call *call, const struct file *file,
                          struct ipc_cap_out *out)
{
    struct ipc_object *object;
    void *address;
    long error = server_map(file->dataspace, 0, pages(file->size), L4_FPAGE_R, &address);

    if (error < 0)
        return error;
    memcpy(foreign, address, file->size < FOREIGN_MAX ? file->size : FOREIGN_MAX);
    server_unmap(address, pages(file->size));
    error = ipc_object_create(call->server, &foreign_kind, NULL, &object);
    if (error < 0)
        return error;
    ipc_gate_out(call, object, L4_CAP_RW, out);
    return 0;
}

/** What is answered: the file, or what @mode makes of it. */
static long spoil_answer(struct ipc_call *call, uint32_t mode, struct file *file,
                         struct ipc_cap_out *out)
{
    switch (mode) {
    case INJECT_EMPTY:
        file->size = 0;
        return 0;
    case INJECT_LARGER:
        file->size += 1 << 20;
        return 0;
    case INJECT_HUGE:
        file->size = ~0ull;
        return 0;
    case INJECT_CUT:
        file->size /= 2;
        return 0;
    case INJECT_GARBAGE:
        return spoil(file);
    case INJECT_FOREIGN:
        return own_dataspace(call, file, out);
    case INJECT_HOLLOW:
        ipc_gate_out(call, nobody, L4_CAP_RW, out);
        return 0;
    case INJECT_SILENT_DATASPACE:
        ipc_slot_out(silent, L4_CAP_RW, out);
        return 0;
    default:
        return 0;
    }
}

/** Answered as if later, so that nothing is held here any more when the client goes on. */
static long answer(struct ipc_call *call, const struct file *file, const struct ipc_cap_out *out)
{
    struct ipc_later later;
    long error = ipc_defer(call, &later);

    if (error >= 0)
        fprov_open_reply(call->server, &later, 0, file->size, out);
    slots_release(file->dataspace);
    return error < 0 ? error : IPC_LATER;
}

static long op_open(struct ipc_call *call, const char *name, struct ipc_cap_in *dm, uint64_t *size,
                    struct ipc_cap_out *dataspace)
{
    uint32_t mode = faulty_call();
    struct file file = {.dataspace = slots_alloc()};

    (void)size;
    if (mode == INJECT_ERROR)
        return -ERR_ETRANSFER;
    if (mode == INJECT_MISSING)
        return -ERR_ENOFILE;
    if (mode == INJECT_SILENT) {
        long error = ipc_defer(call, &unanswered);
        return error < 0 ? error : IPC_LATER;
    }
    long error = get(name, dm->slot, &file);
    ipc_slot_out(file.dataspace, L4_CAP_RW, dataspace);
    if (error >= 0)
        error = spoil_answer(call, mode, &file, dataspace);
    if (error >= 0)
        return answer(call, &file, dataspace);
    slots_release(file.dataspace);
    return error;
}

static long op_map(struct ipc_call *call, uint64_t offset, uint64_t size, uint64_t spot,
                   uint32_t rights, uint64_t *mapped, struct ipc_page *page, uint32_t *count)
{
    (void)call, (void)size;
    if (offset >= FOREIGN_MAX || (offset & ~L4_PAGE_MASK))
        return -ERR_ERANGE;
    *mapped = L4_PAGE_SIZE;
    *count = 1;
    page[0] = (struct ipc_page){
        .hot_spot = spot, .fpage = l4_fpage_mem((uint64_t)foreign + offset, L4_PAGE_SHIFT, rights)};
    return 0;
}

/** Who was kept waiting has given up long ago. */
static long op_arm(struct ipc_call *call, uint32_t mode, uint32_t n)
{
    if (ipc_later_pending(call->server, &unanswered))
        ipc_later_fail(call->server, &unanswered, -ERR_ETRANSFER);
    return faulty_arm(call, mode, n);
}

static const struct fprov_ops base_ops = {.open = op_open};
static const struct dataspace_ops foreign_ops = {.map = op_map};
static const struct inject_ops control_ops = {.arm = op_arm, .count = faulty_count};
static const struct ipc_kind base_kind = {
    .name = "base", .dispatch = fprov_dispatch, .ops = &base_ops};
static const struct ipc_kind foreign_kind = {
    .name = "foreign", .dispatch = dataspace_dispatch, .ops = &foreign_ops};
static const struct ipc_kind control_kind = {
    .name = "control", .dispatch = inject_dispatch, .ops = &control_ops};
static const struct ipc_kind nobody_kind = {.name = "nobody"};

int main(void)
{
    struct ipc_object *service, *control;

    bmodfs = slots_alloc();
    silent = slots_alloc();
    server_check("bmodfs", server_query("BMODFS", 20000000, bmodfs));
    server_check("silent gate", l4_factory_create_gate(TASK_CAP_FACTORY, silent, 0, 0));
    server_check("server", ipc_server_init(&server));
    server_check("base gate", ipc_service_create(&server, &base_kind, NULL, &service));
    server_check("control gate", ipc_service_create(&server, &control_kind, NULL, &control));
    server_check("another gate", ipc_service_create(&server, &nobody_kind, NULL, &nobody));
    server_check("register", server_register("INJECT_FPROV", service->gate));
    server_check("register", server_register("INJECT_CONTROL", control->gate));
    puts("stands before BMODFS");
    server_check("serve", ipc_serve(&server));
    return 1;
}
