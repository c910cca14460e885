/* SPDX-License-Identifier: BSD-2-Clause */
#include "view.h"

#include <string.h>

#include "errors/errors.h"
#include "files.h"
#include "idl/dataspace.h"
#include "idl/fprov.h"
#include "ipc/ipc.h"

#define PREFIX   "(demand)"
#define MAP_MAX  (4ull << 20) /* bytes a call: the main thread brings them here first */
#define PAGES    24           /* as in idl/dataspace.idl */

static unsigned views;

bool view_wanted(const char *name)
{
    return strncmp(name, PREFIX, sizeof PREFIX - 1) == 0;
}

bool view_possible(const struct file *file)
{
    return file->size > 0 && ((uint64_t)file->start & ~L4_PAGE_MASK) == 0;
}

static uint64_t size_of(const struct file *file)
{
    return (file->size + L4_PAGE_SIZE - 1) & L4_PAGE_MASK;
}

static long op_info(struct ipc_call *call, uint64_t *size, char *name)
{
    const struct file *file = call->object->data;

    *size = size_of(file);
    strncpy(name, file->name, 32);
    name[32] = 0;
    return 0;
}

/** What is mapped on must be mapped here. */
static void touch(uint64_t start, uint64_t size)
{
    for (uint64_t at = 0; at < size; at += L4_PAGE_SIZE)
        (void)*(const volatile char *)(start + at);
}

static unsigned fit(uint64_t from, uint64_t spot, uint64_t size)
{
    unsigned here = l4_fpage_fit(from, from + size), there = l4_fpage_fit(spot, spot + size);

    return here < there ? here : there;
}

static long op_map(struct ipc_call *call, uint64_t offset, uint64_t size, uint64_t spot,
                   uint32_t rights, uint64_t *mapped, struct ipc_page *pages, uint32_t *count)
{
    const struct file *file = call->object->data;
    uint64_t end = size_of(file), from = (uint64_t)file->start + offset;

    if (rights & L4_FPAGE_W)
        return -ERR_EPERM;
    if (size == 0 || ((offset | size | spot) & ~L4_PAGE_MASK) || spot + size < spot)
        return -ERR_EINVAL;
    if (offset >= end || size > end - offset)
        return -ERR_ERANGE;
    if (size > MAP_MAX)
        size = MAP_MAX;
    *mapped = 0;
    for (*count = 0; *count < PAGES && *mapped < size; (*count)++) {
        unsigned order = fit(from + *mapped, spot + *mapped, size - *mapped);
        pages[*count] = (struct ipc_page){
            .hot_spot = spot + *mapped, .fpage = l4_fpage_mem(from + *mapped, order, rights)};
        *mapped += 1ull << order;
    }
    touch(from, *mapped);
    return 0;
}

static void gone(struct ipc_server *server, struct ipc_object *object)
{
    (void)server, (void)object;
    views--;
}

static const struct dataspace_ops ops = {.info = op_info, .map = op_map};
static const struct ipc_kind view_kind = {
    .name = "view", .dispatch = dataspace_dispatch, .ops = &ops, .gone = gone};

long view_open(struct ipc_call *call, const struct file *file, struct ipc_cap_out *dataspace)
{
    struct ipc_object *object;
    long error = views < VIEWS_MAX
                     ? ipc_object_create(call->server, &view_kind, (void *)file, &object)
                     : -L4_ENOMEM;

    if (error < 0)
        return error;
    views++;
    ipc_gate_out(call, object, L4_CAP_R, dataspace);
    return 0;
}

unsigned view_count(void)
{
    return views;
}
