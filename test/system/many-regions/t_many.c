/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdint.h>

#include "../check.h"
#include "errors/errors.h"
#include "idl/dm.h"
#include "loader/loader.h"
#include "rm/region.h"

#include <task/slots.h>

enum { REGIONS = 700, SIZE = 4096 };

static l4_cap_t dataspace;
static volatile char *regions[REGIONS];

static volatile char *attach(unsigned flags)
{
    struct region_attachment a = {
        .size = SIZE, .dataspace = dataspace, .rights = L4_FPAGE_RW, .flags = flags};

    return region_attach(&a) ? NULL : (volatile char *)a.start;
}

/** Every second one is mapped by the region manager itself, before it enters it. */
static void check_attach(void)
{
    unsigned missing = 0, wrong = 0;

    for (unsigned i = 0; i < REGIONS; i++) {
        regions[i] = attach(REGION_ANYWHERE | (i % 2 ? REGION_MAP_NOW : 0));
        missing += !regions[i];
    }
    CHECK("attached-now", missing == 0);
    if (missing)
        return;
    for (unsigned i = 0; i < REGIONS; i++) {
        *regions[i] = (char)i;
        wrong += *regions[REGIONS - 1 - i] != (char)i;
    }
    CHECK("all-read-through", wrong == 0);
}

static void check_detach(void)
{
    unsigned wrong = 0;

    for (unsigned i = 0; i < REGIONS; i++)
        wrong += region_detach((const void *)(uintptr_t)regions[i], NULL) != 0;
    CHECK("all-detached", wrong == 0);
}

/** What cannot be is refused before anything is mapped. */
static void check_refused(void)
{
    struct region_attachment a = {
        .size = SIZE - 1, .dataspace = dataspace, .rights = L4_FPAGE_RW,
        .flags = REGION_ANYWHERE | REGION_MAP_NOW};

    CHECK("unaligned-size-refused", region_attach(&a) == -ERR_EINVAL);
    a = (struct region_attachment){
        .start = 0x7ffffffff000, .size = 2 * SIZE, .dataspace = dataspace,
        .rights = L4_FPAGE_RW, .flags = REGION_MAP_NOW};
    CHECK("kernel-space-refused", region_attach(&a) == -ERR_EINVAL);
}

int main(void)
{
    dataspace = task_slot();
    CHECK("dataspace", dm_open(TASK_CAP_DM, SIZE, 0, "many", dataspace) == 0);
    check_attach();
    check_detach();
    check_refused();
    return check_result();
}
