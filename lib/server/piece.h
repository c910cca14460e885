/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <l4/types.h>

/*
 * Dataspaces of managers that are not trusted, a piece at a time. Such a manager may not answer,
 * map nothing, or take its pages away while they are used: only a thread does this that can be
 * stopped and whose faults are messages to another one (thread.h). It takes no lock and allocates
 * nothing.
 */

/** Where pieces appear: 2^@order bytes at @start, aligned. Nothing comes anywhere else. */
struct piece_window {
    uint64_t start;
    unsigned order;
};

/** What is wanted: up to @size bytes at @offset, whole pages, with @rights (L4_FPAGE_*). */
struct piece {
    l4_cap_t dataspace;
    uint64_t offset;
    uint64_t size;
    unsigned rights;
};

/**
 * Maps the beginning of @piece at the start of @window. *@mapped: bytes, whole pages, at most what
 * was wanted and has room; whether they are there is the manager's word. Its errors; -ERR_ETRANSFER
 * if it says what cannot be.
 */
long piece_map(const struct piece_window *window, const struct piece *piece, uint64_t *mapped);

/** Nothing remains mapped in @window. */
void piece_unmap(const struct piece_window *window);
