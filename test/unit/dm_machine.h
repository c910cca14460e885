/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
/**
 * A machine for tests of dm_phys' core: some RAM, a roottask that gives it out in pieces, and a
 * kernel that keeps the windows of the manager and the views (mappings of clients) below them.
 */
#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include <l4/error.h>
#include <l4/fpage.h>
#include "server/dm_phys/dataspace.h"
#include "server/dm_phys/manager.h"

#define RAM_SIZE (128ull << 20)
#define SLOTS (1u << 17) /* hash of window pages */
#define VIEWS 64

/** One page of a client's address space. */
struct view {
    uint64_t window_page; /* 0: nothing mapped */
    unsigned rights;
};

struct machine {
    uint8_t *ram;
    struct frame *table;
    uint64_t given;      /* roottask has given [first, given) */
    uint64_t give_end;   /* and will not give more than this */
    unsigned map_fails;  /* the n-th map from now on fails; 0: none */
    unsigned maps, unmaps, downgrades;
    struct {
        uint64_t page; /* window address / page size; 0: free */
        uint64_t physical;
        bool dead;     /* unmapped; the entry stays for the hash chain */
    } slot[SLOTS];
    struct view view[VIEWS];
    struct manager manager;
};

static unsigned machine_slot(struct machine *m, uint64_t page)
{
    unsigned i = (unsigned)((page * 0x9e3779b97f4a7c15ull) >> 47);
    while (m->slot[i].page && m->slot[i].page != page)
        i = (i + 1) % SLOTS;
    return i;
}

static long machine_map(void *data, window_t window, paddr_t physical, unsigned order)
{
    struct machine *m = data;
    assert(((window.raw | physical.raw) & ((1ull << order) - 1)) == 0 && order >= L4_PAGE_SHIFT);
    assert(window.raw >= WINDOWS_START && window.raw + (1ull << order) <= WINDOWS_END);
    if (m->map_fails && --m->map_fails == 0)
        return -L4_ENOMEM;
    m->maps++;
    for (uint64_t i = 0; i < 1ull << (order - L4_PAGE_SHIFT); i++) {
        unsigned s = machine_slot(m, window.raw / L4_PAGE_SIZE + i);
        uint64_t p = physical.raw + i * L4_PAGE_SIZE;
        /* the manager empties a window page before it shows another frame there */
        assert(!m->slot[s].page || m->slot[s].dead || m->slot[s].physical == p);
        m->slot[s].page = window.raw / L4_PAGE_SIZE + i;
        m->slot[s].physical = p;
        m->slot[s].dead = false;
    }
    return 0;
}

static bool machine_inside(const struct view *v, window_t window, unsigned order)
{
    return v->window_page && v->window_page >> (order - L4_PAGE_SHIFT) == window.raw >> order;
}

static void machine_downgrade(void *data, window_t window, unsigned order)
{
    struct machine *m = data;
    assert((window.raw & ((1ull << order) - 1)) == 0);
    m->downgrades++;
    for (unsigned i = 0; i < VIEWS; i++)
        if (machine_inside(&m->view[i], window, order))
            m->view[i].rights &= ~(unsigned)L4_FPAGE_W;
}

static void machine_unmap(void *data, window_t window, unsigned order)
{
    struct machine *m = data;
    assert((window.raw & ((1ull << order) - 1)) == 0);
    m->unmaps++;
    for (unsigned i = 0; i < VIEWS; i++)
        if (machine_inside(&m->view[i], window, order))
            m->view[i] = (struct view){0};
    for (uint64_t i = 0; i < 1ull << (order - L4_PAGE_SHIFT); i++)
        m->slot[machine_slot(m, window.raw / L4_PAGE_SIZE + i)].dead = true;
}

/** roottask: aligned pieces, from 32 MB up; low ones from 1 MB up. */
static bool machine_grow(struct frames *frames, unsigned order, bool low)
{
    struct machine *m = frames->grow_data;
    uint64_t size = L4_PAGE_SIZE << order;
    static uint64_t low_next;
    if (low) {
        if (m->given == (32ull << 20))
            low_next = 1ull << 20;
        uint64_t start = (low_next + size - 1) & ~(size - 1);
        if (start + size > FRAME_LOW_END)
            return false;
        low_next = start + size;
        frames_add(frames, (paddr_t){start}, size);
        return true;
    }
    uint64_t start = (m->given + size - 1) & ~(size - 1);
    if (start + size > m->give_end)
        return false;
    m->given = start + size;
    frames_add(frames, (paddr_t){start}, size);
    return true;
}

/** A new machine whose roottask has @size bytes for the manager. */
static struct machine *machine_new(uint64_t size)
{
    struct machine *m = calloc(1, sizeof *m);
    m->ram = mmap(NULL, RAM_SIZE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    assert(m->ram != MAP_FAILED);
    m->table = calloc(RAM_SIZE / L4_PAGE_SIZE, sizeof *m->table);
    m->given = 32ull << 20;
    m->give_end = m->given + size;
    for (uint64_t i = m->given; i < m->give_end; i += 512)
        *(uint64_t *)(m->ram + i) = 0xdeaddeaddeaddeadull; /* nothing is clean by luck */
    struct frames *frames = &m->manager.store.frames;
    frames_init(frames, m->ram, m->table, RAM_SIZE / L4_PAGE_SIZE);
    frames->grow = machine_grow;
    frames->grow_data = m;
    m->manager.kernel = (struct manager_kernel){machine_map, machine_downgrade, machine_unmap};
    m->manager.kernel_data = m;
    long result = manager_init(&m->manager);
    assert(result == 0);
    return m;
}

static void machine_free(struct machine *m)
{
    munmap(m->ram, RAM_SIZE);
    free(m->table);
    free(m);
}

/** Bytes in use by the manager. */
__attribute__((unused)) static uint64_t machine_used(const struct machine *m)
{
    return m->manager.store.frames.total_bytes - m->manager.store.frames.free_bytes;
}

/** The client faults: page @page of @ds appears in view @v with @rights. */
static long view_fault(struct machine *m, unsigned v, struct dataspace *ds, uint64_t page,
                       unsigned rights)
{
    uint64_t ready;
    long result = ds_map(&m->manager, ds, &(struct page_range){page, 1},
                                rights & L4_FPAGE_W, &ready);
    if (result < 0)
        return result;
    assert(ready == 1);
    m->view[v] = (struct view){ds->window.raw / L4_PAGE_SIZE + page, rights};
    return 0;
}

/** What the client sees in view @v if it has @rights there, else null: it faults. */
static uint64_t *view_word(struct machine *m, unsigned v, unsigned rights)
{
    if (!m->view[v].window_page || (m->view[v].rights & rights) != rights)
        return NULL;
    unsigned s = machine_slot(m, m->view[v].window_page);
    assert(m->slot[s].page && !m->slot[s].dead);
    return (uint64_t *)(m->ram + m->slot[s].physical);
}

/** Reads the first word of a page through a passing view. */
__attribute__((unused)) static uint64_t peek(struct machine *m, struct dataspace *ds, uint64_t page)
{
    long result = view_fault(m, VIEWS - 1, ds, page, L4_FPAGE_R);
    assert(result == 0);
    return *view_word(m, VIEWS - 1, L4_FPAGE_R);
}

/** Writes it; 0 or an error. */
__attribute__((unused)) static long poke(struct machine *m, struct dataspace *ds, uint64_t page,
                                         uint64_t value)
{
    long result = view_fault(m, VIEWS - 1, ds, page, L4_FPAGE_RW);
    if (result == 0)
        *view_word(m, VIEWS - 1, L4_FPAGE_RW) = value;
    return result;
}

/** Small random numbers, the same each time. */
__attribute__((unused)) static uint32_t random_below(uint32_t end)
{
    static uint64_t state = 88172645463325252ull;
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return (uint32_t)((state >> 16) % end);
}
