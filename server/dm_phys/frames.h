/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <l4/types.h>

/*
 * The physical frames the manager owns: who refers to them, who pays for them, which are free.
 *
 * One descriptor per frame of the machine's RAM, found by frame number, so that neighbours that
 * came from roottask in different chunks join again; much free memory goes back there. Free frames
 * lie in buddy lists, one set for memory below 16 MB (ISA-DMA), one for the rest; ordinary requests
 * use the low set last.
 *
 * Invariant: a frame is foreign (never given to us), free (head or part of exactly one free
 * block), or allocated with refs >= 1. A frame is put back by whoever drops its last reference.
 */

#define FRAME_ORDERS 19 /* blocks of 4 KiB << 0..18: up to 1 GiB */
#define FRAME_CHUNK_ORDER 10 /* what is asked of roottask first: 4 MiB */
#define FRAME_LOW_END (16ull * 1024 * 1024)
#define FRAME_NONE 0xffffffffu
#define FRAME_KEEP (16ull << 20) /* what is kept for who asks next: asking roottask costs, too */
#define FRAME_KEEP_MAX (48ull << 20)

/** Physical address. */
typedef struct {
    uint64_t raw;
} paddr_t;

/** Who pays for frames. @used counts bytes and is the sum over all frames with this payer. */
struct account {
    uint64_t limit;
    uint64_t used;
    uint64_t peak; /* the most that @used ever was */
    uint64_t reserved; /* so many bytes it gets whatever others ask for (frames_reserve()) */
};

enum frame_state { FRAME_FOREIGN, FRAME_PART_OF_FREE, FRAME_FREE_HEAD, FRAME_USED };

struct frame {
    uint32_t refs; /* FRAME_USED: slots of tree nodes that hold it, plus temporary holders */
    uint8_t state;
    uint8_t order; /* FRAME_FREE_HEAD */
    bool stale;    /* FRAME_USED: contents are somebody's old data; zero before anybody sees it */
    union {
        struct account *payer; /* FRAME_USED; null: the manager itself */
        struct {
            uint32_t next, prev; /* FRAME_FREE_HEAD: frame numbers */
        } link;
    };
};

enum frame_zone { FRAME_ZONE_LOW, FRAME_ZONE_HIGH, FRAME_ZONES };

struct frames {
    uint8_t *memory;      /* physical address p is at memory + p */
    struct frame *table;  /* by frame number */
    uint32_t table_size;
    uint32_t heads[FRAME_ZONES][FRAME_ORDERS];
    uint64_t free_bytes;
    uint64_t total_bytes; /* added and not given back */
    uint64_t promised; /* of the free bytes: what reservations still lack */
    const struct account *acting; /* on whose behalf the manager needs frames of its own, or null */
    uint64_t cleared, copied; /* frames, since the start */
    /*
     * Adds frames by frames_add(), at least 2^@order aligned ones, below 16 MB if @low; false if
     * there are none to be had. May be null.
     */
    bool (*grow)(struct frames *frames, unsigned order, bool low);
    /* Takes back [start, start + 2^@order frames), which are foreign then. May be null. */
    void (*shrink)(struct frames *frames, paddr_t start, unsigned order);
    void *grow_data;
};

/** What to allocate. */
struct frame_request {
    uint64_t count;         /* frames, >= 1 */
    bool low;               /* below 16 MB */
    struct account *payer;  /* null: the manager itself */
};

/** Sets up: no frames yet. @table has @table_size zeroed entries; physical p is at @memory + p. */
void frames_init(struct frames *frames, void *memory, struct frame *table, uint32_t table_size);

/** Takes over [@start, @start + @size): page aligned RAM that nobody else uses. */
void frames_add(struct frames *frames, paddr_t start, uint64_t size);

/**
 * Gives back free blocks of 4 MiB or more, if more than FRAME_KEEP_MAX bytes are free, until only
 * FRAME_KEEP bytes are left or there is no such block: for the time between two operations.
 */
void frames_trim(struct frames *frames);

/**
 * From now on @account gets @bytes in all whatever others ask for, and the manager what it needs
 * for that; 0: no more than others. False and as before: there is not so much. For the time between
 * two operations, as frames_trim().
 */
bool frames_reserve(struct frames *frames, struct account *account, uint64_t bytes);

/**
 * @request->count physically contiguous frames, aligned to the next power of two of their size.
 * Each has one reference and is stale. Null if there is no such run (after asking to grow).
 */
struct frame *frames_alloc_run(struct frames *frames, const struct frame_request *request);

/**
 * A block of at most @request->count frames, a power of two: the largest that can be had, by
 * growing if need be. *@order says its size. Null if not even one frame is left.
 */
struct frame *frames_alloc_block(struct frames *frames, const struct frame_request *request,
                                 unsigned *order);

/** One frame for @payer (its account is charged; the caller has checked the limit). Null: none. */
struct frame *frame_alloc(struct frames *frames, struct account *payer);

/** One more reference. */
void frame_get(struct frame *frame);

/** One reference less; the last one frees the frame and credits its payer. */
void frame_put(struct frames *frames, struct frame *frame);

/** Address of the contents in this task; a stale frame is zeroed first. */
void *frame_memory(struct frames *frames, struct frame *frame);

/** The same without a look at the contents: for who is going to overwrite all of it. */
void *frame_memory_raw(struct frames *frames, const struct frame *frame);

paddr_t frame_address(const struct frames *frames, const struct frame *frame);

/** The frame at @memory + something: for the pools. */
struct frame *frame_of_memory(struct frames *frames, const void *memory);

/** True if @account may hold @bytes more. */
static inline bool account_allows(const struct account *account, uint64_t bytes)
{
    return account->used <= account->limit && bytes <= account->limit - account->used;
}

/** Asserts that lists, states and counters agree; for tests. */
void frames_check(const struct frames *frames);
