/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <l4/fpage.h>

#include "cap_table.h"
#include "mapping.h"
#include "object.h"
#include "reply.h"
#include "x86_64/paging.h"

struct thread;

/** Kernel-user memory: pinned pages shared by kernel and task (ABI 4.4). */
struct ku_mem {
    struct ku_mem *next;
    uaddr_t address;
    void *block;     /* the same memory, kernel address */
    unsigned order;  /* of bytes: 12..17 */
};

/** A protection domain. Threads pin it; what its death leaves empty stays allocated until then. */
struct task {
    struct object object;
    struct space space;
    struct cap_table caps;
    struct reply_table replies;
    struct unmapping end; /* of all its pages, at its death */
    struct ku_mem *ku_mem;
    uint64_t *io_bitmap; /* 8 KiB, a set bit forbids a port; NULL: none allowed */
    struct list io_node; /* with a bitmap: on the list of io_space.c */
    uint64_t io_source; /* id of the task the ports came from */
    uint8_t io_mark;    /* only inside io_unmap() */
    size_t threads;
    uint64_t image_base; /* what its starter told the debugger object about it */
    char image_name[16]; /* zero terminated or full */
};

extern const struct object_type task_type;

/** NULL: no memory. @everything: the task of sigma0, to which all physical memory belongs. */
struct task *task_create(struct quota *quota, bool everything);

/** Adds zeroed ku_mem. 0, -EINVAL, -EEXIST address in use, -ENOMEM. */
long task_add_ku_mem(struct task *task, l4_fpage_t fpage);

/** Kernel address of the @size bytes at @address if they lie in one piece of ku_mem, else NULL. */
void *task_ku_address(struct task *task, uaddr_t address, size_t size);

/** Carries on with the request to unmap in which @t was interrupted, to its end; pauses. */
void task_unmap_rest(struct thread *t);

/** The capability that @selector of @task names; NULL: empty or a special selector. */
struct cap *task_cap(struct task *task, uint64_t selector);
