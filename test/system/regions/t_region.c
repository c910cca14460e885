/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "../check.h"
#include "errors/errors.h"
#include "idl/dm.h"
#include "loader/loader.h"
#include "rm/region.h"

#include <task/layout.h>
#include <task/slots.h>

enum { SIZE = 4 * 4096 };
#define FREE_ADDRESS 0x320000000000

static l4_cap_t dataspace;

static volatile char *attach(unsigned rights, unsigned flags, uint64_t start)
{
    struct region_attachment a = {
        .start = start, .size = SIZE, .dataspace = dataspace, .rights = rights, .flags = flags};

    return region_attach(&a) ? NULL : (volatile char *)a.start;
}

/** R01: anywhere and at an address, reads through; what is there already is not given away. */
static void check_attach(void)
{
    volatile char *anywhere = attach(L4_FPAGE_RW, REGION_ANYWHERE, 0);
    volatile char *there = attach(L4_FPAGE_RW, 0, FREE_ADDRESS);
    struct region_attachment overlap = {
        .start = FREE_ADDRESS + SIZE - 4096, .size = SIZE, .dataspace = dataspace,
        .rights = L4_FPAGE_RW};

    CHECK("anywhere", anywhere && (uint64_t)anywhere >= TASK_ANY_AREA
                          && (uint64_t)anywhere < TASK_ANY_AREA_END);
    CHECK("at-address", there == (volatile char *)FREE_ADDRESS);
    anywhere[5000] = 42;
    CHECK("reads-through", there[5000] == 42 && there[0] == 0);
    there[8192] = 43;
    CHECK("reads-back", anywhere[8192] == 43);
    CHECK("overlap-refused", region_attach(&overlap) == -ERR_EOVERLAP);
    overlap.start = (uint64_t)(uintptr_t)printf & ~4095ul;
    CHECK("library-in-the-way", region_attach(&overlap) == -ERR_EOVERLAP);
    overlap.start = TASK_INFOPAGE;
    CHECK("infopage-in-the-way", region_attach(&overlap) == -ERR_EOVERLAP);
    overlap.start = FREE_ADDRESS + 0x100100;
    CHECK("unaligned-refused", region_attach(&overlap) == -ERR_EINVAL);
    CHECK("detach-anywhere", region_detach((void *)(uintptr_t)anywhere, NULL) == 0);
    CHECK("other-view-stays", there[8192] == 43);
}

/** R04: both kinds of look-up. */
static void check_lookup(void)
{
    struct region_attachment a;

    CHECK("lookup", region_lookup((void *)(FREE_ADDRESS + 5000), &a) == 0
                        && a.start == FREE_ADDRESS && a.size == SIZE && a.dataspace == dataspace
                        && a.offset == 0 && a.rights == L4_FPAGE_RW);
    CHECK("lookup-outside", region_lookup((void *)(FREE_ADDRESS + SIZE), &a) == -ERR_ENOENT);
    CHECK("next", region_next((void *)(FREE_ADDRESS - 0x100000), &a) == 0
                      && a.start == FREE_ADDRESS);
    CHECK("next-end", region_next((void *)(1ul << 46), &a) == 0);
    CHECK("next-none", region_next((void *)0x7f0000000000, &a) == -ERR_ENOENT);
}

/** R02: what is reserved stays free of others; a library's sections keep their distance. */
static void check_areas(void)
{
    struct region_attachment area = {
        .size = 1 << 20, .flags = REGION_ANYWHERE | REGION_RESERVE, .order = 20};
    struct region_attachment inside = {
        .size = SIZE, .dataspace = dataspace, .rights = L4_FPAGE_R};
    unsigned strays = 0, wrong = 0;

    CHECK("reserve", region_attach(&area) == 0 && (area.start & 0xfffff) == 0);
    for (int i = 0; i < 20; i++) {
        volatile char *p = attach(L4_FPAGE_R, REGION_ANYWHERE, 0);
        strays += !p || ((uint64_t)p + SIZE > area.start && (uint64_t)p < area.start + area.size);
    }
    CHECK("nothing-strays-in", strays == 0);
    inside.start = area.start + 0x10000;
    CHECK("reserved-refused", region_attach(&inside) == -ERR_EOVERLAP);
    for (uint32_t i = 0; i < task_objects()->sections; i++) {
        const struct task_section *section = task_section(task_objects(), i);
        uint64_t start = task_object_base(section->object) + section->offset;
        struct region_attachment found;
        wrong += region_lookup((void *)start, &found) || found.start != start
                 || found.size != section->size;
    }
    CHECK("sections-keep-distance", wrong == 0);
    CHECK("area-given-back", region_detach((void *)area.start, NULL) == 0);
    inside.start = area.start;
    CHECK("free-again", region_attach(&inside) == 0);
}

/** R05, in part: alignment, and map now. */
static void check_flags(void)
{
    struct region_attachment a = {
        .size = SIZE, .dataspace = dataspace, .rights = L4_FPAGE_RW, .order = 24,
        .flags = REGION_ANYWHERE | REGION_MAP_NOW};

    CHECK("aligned", region_attach(&a) == 0 && (a.start & 0xffffff) == 0);
    CHECK("mapped-now", ((volatile char *)a.start)[8192] == 43);
    CHECK("offset", (a.offset = 8192, a.size = 4096, region_attach(&a)) == 0
                        && *(volatile char *)a.start == 43);
    a.offset = SIZE;
    CHECK("past-the-end", region_attach(&a) < 0);
}

static void check_memory(void)
{
    char *memory = region_alloc(10000);

    CHECK("alloc", memory && memory[0] == 0 && memory[9999] == 0);
    memset(memory, 1, 10000);
    CHECK("free-wrong", region_free(memory + 4096) == -ERR_EINVAL);
    CHECK("free", region_free(memory) == 0);
    CHECK("free-twice", region_free(memory) == -ERR_ENOENT);
}

/** t_region, or t_region detach|readonly|reserved|execute: those end with a fault (R03, R06). */
int main(int argc, char **argv)
{
    const char *how = argc > 1 ? argv[1] : "";

    dataspace = task_slot();
    if (dm_open(TASK_CAP_DM, SIZE, 0, "regions", dataspace)) {
        puts("FAIL dataspace: cannot open");
        return 1;
    }
    if (strcmp(how, "detach") == 0) {
        volatile char *p = attach(L4_FPAGE_RW, 0, FREE_ADDRESS);
        *p = 1;
        region_detach((void *)(uintptr_t)p, NULL);
        *p = 2;
    } else if (strcmp(how, "readonly") == 0) {
        volatile char *p = attach(L4_FPAGE_R, 0, FREE_ADDRESS);
        printf("readable: %d\n", p[4096]);
        p[4096] = 2;
    } else if (strcmp(how, "reserved") == 0) {
        volatile char *p = attach(0, REGION_RESERVE, FREE_ADDRESS);
        *p = 2;
    } else if (strcmp(how, "execute") == 0) {
        volatile char *p = attach(L4_FPAGE_RW, 0, FREE_ADDRESS);
        *p = (char)0xc3;
        ((void (*)(void))(uintptr_t)p)();
    } else {
        check_attach();
        check_lookup();
        check_areas();
        check_flags();
        check_memory();
        return check_result();
    }
    printf("FAIL %s: no fault\n", how);
    return 1;
}
