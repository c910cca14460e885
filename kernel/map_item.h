/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include "mapping.h"
#include "task.h"
#include "work.h"

/** A send item meeting a receive window (ABI 5.7). */
struct map_item {
    struct task *from, *to;
    uint64_t word0;    /* of the send item: hot spot, attributes, grant */
    l4_fpage_t fpage;  /* what is sent */
    l4_fpage_t window; /* where it may go */
    bool strong;       /* the channel has S: capabilities keep theirs */
    struct work *work; /* how far it has come */
};

/**
 * Carries it out: how many pages, ports or capabilities were mapped; negative: no memory. Pauses:
 * work->done and work->count are zero at first and at the end.
 */
map_count_t map_item(const struct map_item *m);

/** Takes away what @fpage says from @task (ABI 7.2); @mask: L4_UNMAP_*. Pauses. */
void unmap_fpage(struct task *task, l4_fpage_t fpage, uint64_t mask, struct work *work);
