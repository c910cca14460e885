/* SPDX-License-Identifier: BSD-2-Clause */
#include "copier.h"

#include <string.h>
#include <task/slots.h>

#include "errors/errors.h"
#include "idl/dataspace.h"
#include "idl/dm.h"
#include "l4sys/irq.h"
#include "l4sys/task.h"
#include "l4sys/thread.h"
#include "server/area.h"
#include "server/thread.h"

#define WINDOW_ORDER 18
#define WINDOW_SIZE  (1ull << WINDOW_ORDER)
#define DS_NAME_MAX  32
#define FIRST_THREAD 1 /* number of the first one's UTCB */

/* Written by the main thread while the copier is stopped, except result and finished. */
struct copier {
    struct server_thread thread;
    struct copy work;
    l4_cap_t done;
    uint64_t window; /* where pages of the client's dataspace may come: nowhere else */
    long result;
    volatile bool finished;
};

static struct copier copiers[COPIERS];

static uint64_t page_up(uint64_t size)
{
    return (size + L4_PAGE_SIZE - 1) & L4_PAGE_MASK;
}

static void unmap_window(const struct copier *c)
{
    l4_task_unmap(TASK_CAP_TASK, l4_fpage_mem(c->window, WINDOW_ORDER, L4_FPAGE_RWX),
                  L4_UNMAP_ALL_SPACES);
}

/* Bytes of the work from @at on to @size bytes at @to; past the end zeros. */
static void fill(const struct copy *work, char *to, uint64_t at, uint64_t size)
{
    uint64_t left = at < work->count ? work->count - at : 0;
    uint64_t bytes = left < size ? left : size;

    memcpy(to, (const char *)work->bytes + at, bytes);
    memset(to + bytes, 0, size - bytes);
}

/* Fills up to @size bytes at @at of the work; *@filled says how many. */
static long fill_piece(const struct copier *c, uint64_t at, uint64_t size, uint64_t *filled)
{
    struct ipc_window window = {l4_fpage_mem(c->window, WINDOW_ORDER, L4_FPAGE_RW), 0};
    uint64_t wish = size < WINDOW_SIZE ? size : WINDOW_SIZE;
    long result = dataspace_map(c->work.dataspace, c->work.offset + at, wish, c->window,
                                L4_FPAGE_RW, filled, &window);

    if (result < 0)
        return result;
    if (*filled == 0 || *filled > wish || *filled % L4_PAGE_SIZE)
        return -ERR_ETRANSFER;
    fill(&c->work, (char *)c->window, at, *filled);
    unmap_window(c);
    return 0;
}

static long write_all(const struct copier *c)
{
    uint64_t size = page_up(c->work.count), filled = 0;
    long result = 0;

    for (uint64_t at = 0; result == 0 && at < size; at += filled)
        result = fill_piece(c, at, size - at, &filled);
    return result;
}

/* An empty file has one page of zeros: a dataspace without pages does not exist. */
static long open_dataspace(const struct copier *c)
{
    const struct copy *work = &c->work;
    char name[DS_NAME_MAX + 1] = {0};

    strncpy(name, work->name, DS_NAME_MAX);
    return dm_open(work->dm, work->size ? page_up(work->size) : L4_PAGE_SIZE,
                   work->size ? DM_NOT_CLEARED : 0, name, work->dataspace);
}

/* A thread is found by its stack: it starts without arguments. */
static struct copier *myself(void)
{
    return &copiers[((uint64_t)__builtin_frame_address(0) - (uint64_t)copiers)
                    / sizeof(struct copier)];
}

static void park(void)
{
    for (;;)
        l4_ipc_receive(L4_INVALID_CAP, L4_NEVER);
}

static void finish(struct copier *c, long result)
{
    c->result = result == 0 || result == -ERR_ENOMEM ? result : -ERR_ETRANSFER;
    c->finished = true;
    l4_irq_trigger(c->done);
    park();
}

/* World of both: a thread without libc's main-thread state; string functions and IPC stubs only. */
static void open_entry(void)
{
    finish(myself(), open_dataspace(myself()));
}

static void write_entry(void)
{
    finish(myself(), write_all(myself()));
}

/* A window aligned to its size, inside a range twice as large. */
static uint64_t make_window(void)
{
    uint64_t range = area_alloc(2 * WINDOW_SIZE);

    return range ? (range + WINDOW_SIZE - 1) & ~(WINDOW_SIZE - 1) : 0;
}

long copier_init(unsigned i, l4_cap_t fault, l4_cap_t done)
{
    struct copier *c = &copiers[i];
    struct l4_thread_control control = {.pager = fault, .exc_handler = fault};

    c->thread = (struct server_thread){.name = "tftp.copy", .number = FIRST_THREAD + i,
                                       .priority = 155, .entry = park};
    c->done = done;
    c->window = make_window();
    if (!c->window)
        return -ERR_ENOMEM;
    long result = server_thread_make(&c->thread);
    return result < 0 ? result : l4_thread_control(c->thread.cap, &control);
}

static void restart_at(struct copier *c, void (*entry)(void))
{
    uint64_t stack = (uint64_t)c->thread.stack + SERVER_THREAD_STACK - 8;

    l4_thread_ex_regs(c->thread.cap, (uint64_t)entry, stack, L4_EX_REGS_CANCEL);
}

static void start(unsigned i, const struct copy *copy, void (*entry)(void))
{
    copiers[i].work = *copy;
    copiers[i].finished = false;
    restart_at(&copiers[i], entry);
}

void copier_open(unsigned i, const struct copy *copy)
{
    start(i, copy, open_entry);
}

void copier_write(unsigned i, const struct copy *copy)
{
    start(i, copy, write_entry);
}

bool copier_finished(unsigned i, long *result)
{
    *result = copiers[i].result;
    return copiers[i].finished;
}

void copier_stop(unsigned i)
{
    restart_at(&copiers[i], park);
    unmap_window(&copiers[i]);
    copiers[i].finished = false;
}
