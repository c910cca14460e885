/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include "irq.h"
#include "object.h"

/** Counting semaphore. The counter is 0 whenever a thread waits. */
struct semaphore {
    struct object object;
    uint64_t counter;
    struct list waiting; /* threads in state DOWN, highest priority first, then who came first */
    struct pin_link *pin;
};

extern const struct object_type semaphore_type;

struct semaphore *semaphore_create(struct quota *quota);
void semaphore_up(struct object *object);
struct pin_link **semaphore_pin(struct object *object);
