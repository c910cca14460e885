/* SPDX-License-Identifier: BSD-2-Clause */
#include "frames.h"

#include <assert.h>
#include <string.h>

#define PROMISE_EXTRA (64ull * 1024)

static uint32_t number_of(const struct frames *frames, const struct frame *frame)
{
    return (uint32_t)(frame - frames->table);
}

static enum frame_zone zone_of(uint32_t number)
{
    return number < FRAME_LOW_END / L4_PAGE_SIZE ? FRAME_ZONE_LOW : FRAME_ZONE_HIGH;
}

void frames_init(struct frames *frames, void *memory, struct frame *table, uint32_t table_size)
{
    *frames = (struct frames){.memory = memory, .table = table, .table_size = table_size};
    for (unsigned z = 0; z < FRAME_ZONES; z++)
        for (unsigned o = 0; o < FRAME_ORDERS; o++)
            frames->heads[z][o] = FRAME_NONE;
}

/* --- free blocks --- */

static void block_insert(struct frames *frames, uint32_t number, unsigned order)
{
    struct frame *frame = &frames->table[number];
    uint32_t *head = &frames->heads[zone_of(number)][order];
    frame->state = FRAME_FREE_HEAD;
    frame->order = (uint8_t)order;
    frame->link.next = *head;
    frame->link.prev = FRAME_NONE;
    if (*head != FRAME_NONE)
        frames->table[*head].link.prev = number;
    *head = number;
}

static void block_remove(struct frames *frames, uint32_t number)
{
    struct frame *frame = &frames->table[number];
    assert(frame->state == FRAME_FREE_HEAD);
    if (frame->link.next != FRAME_NONE)
        frames->table[frame->link.next].link.prev = frame->link.prev;
    if (frame->link.prev != FRAME_NONE)
        frames->table[frame->link.prev].link.next = frame->link.next;
    else
        frames->heads[zone_of(number)][frame->order] = frame->link.next;
    frame->state = FRAME_PART_OF_FREE;
}

/** The block at @number, whose frames are all FRAME_PART_OF_FREE, joins its free neighbours. */
static void block_free(struct frames *frames, uint32_t number, unsigned order)
{
    frames->free_bytes += L4_PAGE_SIZE << order;
    while (order + 1 < FRAME_ORDERS) {
        uint32_t buddy = number ^ (1u << order);
        if (buddy >= frames->table_size || zone_of(buddy) != zone_of(number))
            break;
        if (frames->table[buddy].state != FRAME_FREE_HEAD || frames->table[buddy].order != order)
            break;
        block_remove(frames, buddy);
        number &= ~(1u << order);
        order++;
    }
    block_insert(frames, number, order);
}

/** Largest order of an aligned block that starts at @number and has at most @count frames. */
static unsigned fitting_order(uint32_t number, uint64_t count)
{
    unsigned order = 63 - (unsigned)__builtin_clzll(count);
    if (number != 0 && (unsigned)__builtin_ctz(number) < order)
        order = (unsigned)__builtin_ctz(number);
    return order < FRAME_ORDERS ? order : FRAME_ORDERS - 1;
}

/** Frees [@number, @number + @count), all FRAME_PART_OF_FREE, in the largest blocks possible. */
static void range_free(struct frames *frames, uint32_t number, uint64_t count)
{
    while (count > 0) {
        unsigned order = fitting_order(number, count);
        if (zone_of(number) != zone_of(number + (1u << order) - 1))
            order = 12; /* the zones meet at a multiple of this */
        block_free(frames, number, order);
        number += 1u << order;
        count -= 1ull << order;
    }
}

void frames_add(struct frames *frames, paddr_t start, uint64_t size)
{
    uint64_t first = start.raw / L4_PAGE_SIZE, end = (start.raw + size) / L4_PAGE_SIZE;
    if (end > frames->table_size)
        end = frames->table_size; /* beyond what the memory map promised: not usable */
    for (uint64_t n = first; n < end; n++) {
        assert(frames->table[n].state == FRAME_FOREIGN);
        frames->table[n].state = FRAME_PART_OF_FREE;
    }
    if (first >= end)
        return;
    frames->total_bytes += (end - first) * L4_PAGE_SIZE;
    range_free(frames, (uint32_t)first, end - first);
}

/** Unlinks a free block of exactly 2^@order frames, splitting a larger one; FRAME_NONE if none. */
static uint32_t block_take(struct frames *frames, enum frame_zone zone, unsigned order)
{
    unsigned o = order;
    while (o < FRAME_ORDERS && frames->heads[zone][o] == FRAME_NONE)
        o++;
    if (o >= FRAME_ORDERS)
        return FRAME_NONE;
    uint32_t number = frames->heads[zone][o];
    block_remove(frames, number);
    while (o > order) {
        o--;
        block_insert(frames, number + (1u << o), o);
    }
    frames->free_bytes -= L4_PAGE_SIZE << order;
    return number;
}

/** The block at @number, which is in no list, is foreign again. */
static void give_back(struct frames *frames, uint32_t number, unsigned order)
{
    for (uint32_t n = number; n < number + (1u << order); n++)
        frames->table[n].state = FRAME_FOREIGN;
    frames->total_bytes -= L4_PAGE_SIZE << order;
    frames->shrink(frames, (paddr_t){number * L4_PAGE_SIZE}, order);
}

void frames_trim(struct frames *frames)
{
    if (!frames->shrink || frames->free_bytes <= FRAME_KEEP_MAX)
        return;
    for (unsigned order = FRAME_ORDERS - 1; order >= FRAME_CHUNK_ORDER; order--)
        while (frames->free_bytes >= FRAME_KEEP + frames->promised + (L4_PAGE_SIZE << order)) {
            uint32_t number = block_take(frames, FRAME_ZONE_HIGH, order);
            if (number == FRAME_NONE)
                break;
            give_back(frames, number, order);
        }
}

static uint32_t block_take_any(struct frames *frames, unsigned order, bool low)
{
    uint32_t number = low ? FRAME_NONE : block_take(frames, FRAME_ZONE_HIGH, order);
    return number != FRAME_NONE ? number : block_take(frames, FRAME_ZONE_LOW, order);
}

/** The same, growing if need be. */
static uint32_t block_take_grow(struct frames *frames, unsigned order, bool low)
{
    if (order >= FRAME_ORDERS)
        return FRAME_NONE;
    uint32_t number = low ? FRAME_NONE : block_take(frames, FRAME_ZONE_HIGH, order);
    if (number == FRAME_NONE && frames->grow) {
        unsigned chunk = order > FRAME_CHUNK_ORDER || low ? order : FRAME_CHUNK_ORDER;
        if (low)
            number = block_take(frames, FRAME_ZONE_LOW, order);
        if (number != FRAME_NONE)
            return number;
        if (!frames->grow(frames, chunk, low) && chunk > order)
            frames->grow(frames, order, low);
    }
    return number != FRAME_NONE ? number : block_take_any(frames, order, low);
}

/* --- reservations --- */

/** What is kept free for @account: what it lacks, and nodes to hold that. */
static uint64_t promise_to(const struct account *account)
{
    if (!account || account->used >= account->reserved)
        return 0;
    return account->reserved - account->used + account->reserved / 64 + PROMISE_EXTRA;
}

static bool grow_any(struct frames *frames)
{
    for (unsigned order = FRAME_CHUNK_ORDER + 1; frames->grow && order-- > 0;)
        if (frames->grow(frames, order, false))
            return true;
    return false;
}

/** Sees to it that @keep bytes are left when @bytes have been taken. */
static bool leaves(struct frames *frames, uint64_t bytes, uint64_t keep)
{
    while (frames->free_bytes < bytes + keep)
        if (!grow_any(frames))
            return false;
    return true;
}

/** Whether @count frames may be taken for @payer in view of what others have been promised. */
static bool may_take(struct frames *frames, uint64_t count, const struct account *payer)
{
    uint64_t others = frames->promised - promise_to(payer ? payer : frames->acting);
    return others == 0 || leaves(frames, count * L4_PAGE_SIZE, others);
}

static void set_reserved(struct frames *frames, struct account *account, uint64_t bytes)
{
    frames->promised -= promise_to(account);
    account->reserved = bytes;
    frames->promised += promise_to(account);
}

bool frames_reserve(struct frames *frames, struct account *account, uint64_t bytes)
{
    uint64_t before = account->reserved;
    set_reserved(frames, account, bytes);
    bool kept = bytes <= before || leaves(frames, 0, frames->promised);
    if (!kept)
        set_reserved(frames, account, before);
    frames_trim(frames); /* what is not promised any more, or was asked for in vain */
    return kept;
}

static void charge(struct frames *frames, struct account *account, uint64_t used)
{
    frames->promised -= promise_to(account);
    account->used = used;
    frames->promised += promise_to(account);
    if (account->peak < used)
        account->peak = used;
}

/* --- allocation --- */

static struct frame *use(struct frames *frames, uint32_t number, uint64_t count,
                         struct account *payer)
{
    for (uint64_t i = 0; i < count; i++) {
        struct frame *frame = &frames->table[number + i];
        assert(frame->state == FRAME_PART_OF_FREE);
        *frame = (struct frame){.refs = 1, .state = FRAME_USED, .stale = true, .payer = payer};
    }
    if (payer)
        charge(frames, payer, payer->used + count * L4_PAGE_SIZE);
    return &frames->table[number];
}

struct frame *frames_alloc_run(struct frames *frames, const struct frame_request *request)
{
    assert(request->count > 0);
    unsigned order = 0;
    while (order < FRAME_ORDERS && (1ull << order) < request->count)
        order++;
    if (!may_take(frames, request->count, request->payer))
        return NULL;
    uint32_t number = block_take_grow(frames, order, request->low);
    if (number == FRAME_NONE)
        return NULL;
    range_free(frames, number + (uint32_t)request->count, (1ull << order) - request->count);
    return use(frames, number, request->count, request->payer);
}

struct frame *frames_alloc_block(struct frames *frames, const struct frame_request *request,
                                 unsigned *order)
{
    assert(request->count > 0);
    unsigned o = fitting_order(0, request->count) + 1;
    uint32_t number = FRAME_NONE;
    while (number == FRAME_NONE && o-- > 0)
        if (may_take(frames, 1ull << o, request->payer))
            number = block_take_grow(frames, o, request->low);
    if (number == FRAME_NONE)
        return NULL;
    *order = o;
    return use(frames, number, 1ull << o, request->payer);
}

struct frame *frame_alloc(struct frames *frames, struct account *payer)
{
    return frames_alloc_run(frames, &(struct frame_request){.count = 1, .payer = payer});
}

void frame_get(struct frame *frame)
{
    assert(frame->state == FRAME_USED && frame->refs > 0 && frame->refs < UINT32_MAX);
    frame->refs++;
}

void frame_put(struct frames *frames, struct frame *frame)
{
    assert(frame->state == FRAME_USED && frame->refs > 0);
    if (--frame->refs > 0)
        return;
    if (frame->payer) {
        assert(frame->payer->used >= L4_PAGE_SIZE);
        charge(frames, frame->payer, frame->payer->used - L4_PAGE_SIZE);
    }
    frame->state = FRAME_PART_OF_FREE;
    block_free(frames, number_of(frames, frame), 0);
}

void *frame_memory_raw(struct frames *frames, const struct frame *frame)
{
    return frames->memory + frame_address(frames, frame).raw;
}

void *frame_memory(struct frames *frames, struct frame *frame)
{
    void *memory = frame_memory_raw(frames, frame);
    if (frame->stale) {
        memset(memory, 0, L4_PAGE_SIZE);
        frames->cleared++;
    }
    frame->stale = false;
    return memory;
}

paddr_t frame_address(const struct frames *frames, const struct frame *frame)
{
    return (paddr_t){(uint64_t)number_of(frames, frame) * L4_PAGE_SIZE};
}

struct frame *frame_of_memory(struct frames *frames, const void *memory)
{
    uint64_t offset = (uint64_t)((const uint8_t *)memory - frames->memory);
    assert(offset / L4_PAGE_SIZE < frames->table_size);
    return &frames->table[offset / L4_PAGE_SIZE];
}

/* --- check --- */

static uint64_t check_list(const struct frames *frames, enum frame_zone zone, unsigned order)
{
    uint64_t count = 0;
    uint32_t prev = FRAME_NONE;
    for (uint32_t n = frames->heads[zone][order]; n != FRAME_NONE;
         prev = n, n = frames->table[n].link.next) {
        const struct frame *frame = &frames->table[n];
        assert(frame->state == FRAME_FREE_HEAD && frame->order == order);
        assert(frame->link.prev == prev && zone_of(n) == zone);
        assert((n & ((1u << order) - 1)) == 0 && n + (1u << order) <= frames->table_size);
        for (uint32_t i = 1; i < 1u << order; i++)
            assert(frames->table[n + i].state == FRAME_PART_OF_FREE);
        count += 1ull << order;
    }
    return count;
}

void frames_check(const struct frames *frames)
{
    uint64_t free = 0, counted = 0, owned = 0;
    for (unsigned z = 0; z < FRAME_ZONES; z++)
        for (unsigned o = 0; o < FRAME_ORDERS; o++)
            free += check_list(frames, (enum frame_zone)z, o);
    for (uint32_t n = 0; n < frames->table_size; n++) {
        enum frame_state state = (enum frame_state)frames->table[n].state;
        counted += state == FRAME_PART_OF_FREE || state == FRAME_FREE_HEAD;
        owned += state != FRAME_FOREIGN;
    }
    assert(free == counted && free * L4_PAGE_SIZE == frames->free_bytes);
    assert(owned * L4_PAGE_SIZE == frames->total_bytes);
}
