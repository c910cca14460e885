/* SPDX-License-Identifier: BSD-2-Clause */
/* Words for requests: mostly such that mean something to the kernel, often at an edge. */
#include "kfuzz.h"

#define PICK(d, array) ((array)[dice_below(d, sizeof(array) / sizeof((array)[0]))])

/*
 * Kernel addresses that we ask for ourselves, in its heap and behind its image. What is near them
 * has been computed from them, and is no leak.
 */
#define ASKED_HEAP  0xffff80000e000000ull
#define ASKED_IMAGE 0xffffffff80430000ull
#define IMAGE       0xffffffff80400000ull

enum { NEAR = 0x10000 };

static bool is_near(uint64_t v, uint64_t asked)
{
    return v + NEAR >= asked && v < asked + NEAR;
}

/* Nothing of what user mode has may look like this; negative numbers and L4_INVALID_CAP do not. */
bool value_is_kernel_address(uint64_t v)
{
    bool heap = v >= 0xffff800001000000ull && v < 0xffff800010000000ull;
    bool image = v >= IMAGE && v < IMAGE + 0x40000;
    return (heap && !is_near(v, ASKED_HEAP)) || (image && !is_near(v, ASKED_IMAGE));
}

static uint64_t wild(struct dice *d)
{
    uint64_t v;
    do
        v = dice_word(d);
    while (value_is_kernel_address(v));
    return v;
}

uint64_t value_cap(struct dice *d)
{
    switch (dice_below(d, 24)) {
    case 0:
        return L4_INVALID_CAP;
    case 1:
        return L4_INVALID_REPLY_CAP;
    case 2:
        return l4_reply_cap(dice_below(d, 4) * 0x1ffff);
    case 3:
        return wild(d) & ~0x3ffull;
    case 4:
        return l4_cap(PICK(d, ((const unsigned[]){0, 0x1ff, 0x200, 0xffff, 0x10000, S_PAGER})));
    default:
        return l4_cap(dice_below(d, S_END));
    }
}

static uint64_t address(struct dice *d)
{
    static const uint64_t edges[] = {0, 0xfff, 0x7fffffffffff, 0x800000000000, 0xffff7fffffffffff,
                                     ASKED_HEAP, ASKED_IMAGE, CHILD_LAST,
                                     0xfffffffffffff000, 0x123456789abcd000};
    switch (dice_below(d, 10)) {
    case 0:
        return PICK(d, edges);
    case 1:
        return wild(d);
    case 2:
        return CHILD_KU_MEM + dice_below(d, 0x12000);
    case 3:
        return CHILD_CANARY + dice_below(d, 0x1000);
    case 4:
        return CHILD_LAST + dice_below(d, 0x1000);
    case 5:
        return 0x40000000ull * dice_below(d, 0x20000) + dice_below(d, 0x200000);
    default:
        return CHILD_MEMORY + dice_below(d, 0x30000);
    }
}

static uint64_t memory_page(struct dice *d)
{
    unsigned order = (unsigned)(dice_rarely(d, 4) ? dice_below(d, 64) : 11 + dice_below(d, 7));
    return l4_fpage_mem(address(d), order, (unsigned)dice_below(d, 16)).raw;
}

static uint64_t object_page(struct dice *d)
{
    unsigned order = (unsigned)(dice_rarely(d, 6) ? dice_below(d, 18) : 0);
    unsigned rights = (unsigned)(dice_rarely(d, 3) ? dice_below(d, 16) : L4_CAP_RWS);
    return l4_fpage_obj(value_cap(d), order, rights).raw;
}

static uint64_t port_page(struct dice *d)
{
    unsigned order = (unsigned)(dice_rarely(d, 6) ? dice_below(d, 18) : dice_below(d, 4));
    uint64_t port = dice_rarely(d, 4) ? dice_below(d, 0x20000) : 0x3000 + dice_below(d, 32);
    return l4_fpage_io(port, order, (unsigned)dice_below(d, 16)).raw;
}

static uint64_t flexpage(struct dice *d)
{
    switch (dice_below(d, 8)) {
    case 0:
        return port_page(d);
    case 1:
        return dice_rarely(d, 2) ? l4_fpage_all().raw | dice_below(d, 16) : 0;
    case 2:
        return wild(d);
    case 3: case 4:
        return memory_page(d);
    default:
        return object_page(d);
    }
}

/* Word 0 of an item: the hot spot, and any of the bits below. */
static uint64_t item_word(struct dice *d)
{
    uint64_t spot = dice_rarely(d, 2) ? l4_cap(S_FREE + dice_below(d, S_END - S_FREE))
                                      : address(d);
    if (dice_rarely(d, 12))
        return 0;
    return (spot & ~0xfffull) | (dice_rarely(d, 8) ? dice_below(d, 0x1000) : L4_ITEM_MAP)
           | (dice_rarely(d, 3) ? dice_below(d, 16) << 4 : 0)
           | (dice_rarely(d, 6) ? L4_ITEM_GRANT : 0) | dice_below(d, 2);
}

static uint64_t any_word(struct dice *d)
{
    static const uint64_t flags[] = {0x10000, 0x20000, 0x30000, 0x200000, 0x400000, 0x1000000,
                                     0x80000000, 0xc0000000, 0x40000000};
    switch (dice_below(d, 9)) {
    case 0:
        return dice_below(d, 0x20);
    case 1:
        return dice_below(d, 0x14) | PICK(d, flags);
    case 2:
        return -dice_below(d, 0x1a);
    case 3:
        return wild(d);
    case 4:
        return value_cap(d) | dice_below(d, 16);
    case 5:
        return address(d);
    case 6:
        return 1ull << dice_below(d, 64);
    default:
        return flexpage(d);
    }
}

uint32_t value_timeouts(struct dice *d)
{
    static const uint32_t often[] = {0x01ff01ff, 0x00c80032, 0x04000400, 0x04000400, 0x04000400,
                                     0x04000400, 0x04000032, 0x00320400, 0x00320100, 0x80038005};
    if (dice_rarely(d, 60))
        return 0;
    return dice_rarely(d, 30) ? (uint32_t)wild(d) & 0x8fff8fff : PICK(d, often);
}

static uint64_t structured(struct dice *d, char kind)
{
    switch (kind) {
    case 'u':
        return CHILD_KU_MEM + dice_below(d, 0x48) * (dice_rarely(d, 8) ? 0x3f9 : L4_UTCB_SIZE);
    case 'v':
        return CHILD_VCPU + dice_below(d, 8) * (dice_rarely(d, 6) ? 0x7f8 : 0x1000);
    case 'c':
        return dice_rarely(d, 4) ? address(d) : worker_entry();
    case 't':
        return dice_rarely(d, 4) ? address(d)
                                 : (uint64_t)fuzzers[dice_below(d, THREADS)].worker.argument;
    case 'L':
        return dice_rarely(d, 3) ? wild(d) : dice_below(d, 60000);
    case 'M':
        return dice_below(d, 4) << 30 | (dice_rarely(d, 8) ? wild(d) : 0);
    case 'P':
        return dice_rarely(d, 12) ? any_word(d) : 49 + dice_below(d, 3);
    case 'C':
        return dice_rarely(d, 8) ? any_word(d) : 0xff000000;
    case 'Q':
        return dice_rarely(d, 2) ? 0 : 1 + dice_below(d, 3000);
    case 'D':
        return dice_rarely(d, 3) ? wild(d) : 0x00c0f2000000ffffull | dice_below(d, 0x100) << 40;
    default:
        return 0;
    }
}

uint64_t value(struct dice *d, char kind)
{
    switch (dice_rarely(d, 30) ? 'w' : kind) {
    case 'w':
        return any_word(d);
    case 's':
        return value_cap(d);
    case 'f':
        return flexpage(d);
    case 'm':
        return memory_page(d);
    case 'o':
        return object_page(d);
    case 'p':
        return port_page(d);
    case 'k':
        return l4_fpage_mem(0x60000000 + dice_below(d, 0x40) * 0x10000,
                            (unsigned)(11 + dice_below(d, 8)), L4_FPAGE_RW).raw;
    case 'i':
        return item_word(d);
    case 'n':
        return dice_below(d, 24);
    case 'l':
        return dice_below(d, 1000) << 2 | (dice_rarely(d, 12) ? dice_below(d, 4) : 0);
    case 'a':
        return address(d);
    default:
        return structured(d, kind);
    }
}
