/* SPDX-License-Identifier: BSD-2-Clause */
#include <string.h>
#include <task/layout.h>
#include <task/slots.h>
#include "copier.h"
#include "errors/errors.h"
#include "files.h"
#include "idl/dm.h"
#include "l4sys/irq.h"
#include "server/piece.h"
#include "server/thread.h"

#define DS_NAME_MAX 32

static const struct piece_window window = {TASK_SERVER_AREA, 20};

/* Written by the main thread while the copier is stopped, except result and finished. */
static struct {
    struct copy copy;
    l4_cap_t done;
    long result;
    volatile bool finished;
} work;

static void run(void);
static struct server_thread copier = {.name = "bmodfs.copy", .number = 1, .priority = 155,
                                      .entry = run};

static uint64_t page_up(uint64_t size)
{
    return (size + L4_PAGE_SIZE - 1) & L4_PAGE_MASK;
}

/* Writes the bytes of the file from @offset on to @size bytes at @to; past its end zeros. */
static void fill(char *to, uint64_t offset, uint64_t size)
{
    const struct file *file = work.copy.file;
    uint64_t left = offset < file->size ? file->size - offset : 0;
    uint64_t bytes = left < size ? left : size;

    memcpy(to, (const char *)file->start + offset, bytes);
    memset(to + bytes, 0, size - bytes);
}

/* Fills up to @size bytes at @offset; *@filled says how many. */
static long fill_piece(uint64_t offset, uint64_t size, uint64_t *filled)
{
    struct piece piece = {work.copy.dataspace, offset, size, L4_FPAGE_RW};
    long result = piece_map(&window, &piece, filled);

    if (result < 0)
        return result;
    fill((char *)window.start, offset, *filled);
    piece_unmap(&window);
    return 0;
}

/* An empty file has one page of zeros: a dataspace without pages does not exist. */
static long copy_file(void)
{
    const struct file *file = work.copy.file;
    uint64_t size = file->size > 0 ? page_up(file->size) : L4_PAGE_SIZE, filled = 0;
    char name[DS_NAME_MAX + 1];
    long result;

    memcpy(name, file->name, DS_NAME_MAX); /* the file's name is longer, zeros included */
    name[DS_NAME_MAX] = 0;
    result = dm_open(work.copy.dm, size, DM_NOT_CLEARED, name, work.copy.dataspace);
    for (uint64_t offset = 0; result == 0 && offset < size; offset += filled)
        result = fill_piece(offset, size - offset, &filled);
    return result;
}

/* World: a thread without libc's main-thread state; string functions and IPC stubs only. */
static void run(void)
{
    long result = copy_file();

    work.result = result == 0 || result == -ERR_ENOMEM ? result : -ERR_ETRANSFER;
    work.finished = true;
    l4_irq_trigger(work.done);
    for (;;)
        l4_ipc_receive(L4_INVALID_CAP, L4_NEVER);
}

static void park(void)
{
    for (;;)
        l4_ipc_receive(L4_INVALID_CAP, L4_NEVER);
}

long copier_init(l4_cap_t fault, l4_cap_t done)
{
    long result = server_thread_make(&copier);

    work.done = done;
    return result < 0 ? result : server_thread_faults_to(&copier, fault);
}

/* The copier has no pager that would bring the file's pages: they are here before it runs. */
static void touch(const struct file *file)
{
    const volatile char *bytes = file->start;

    for (uint64_t at = 0; at < file->size; at += L4_PAGE_SIZE)
        (void)bytes[at];
    if (file->size > 0)
        (void)bytes[file->size - 1];
}

void copier_start(const struct copy *copy)
{
    touch(copy->file);
    work.copy = *copy;
    work.finished = false;
    server_thread_restart(&copier, run);
}

bool copier_finished(long *result)
{
    *result = work.result;
    return work.finished;
}

void copier_stop(void)
{
    server_thread_restart(&copier, park);
    piece_unmap(&window);
    work.finished = false;
}
