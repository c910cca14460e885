/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include "frames.h"

/*
 * A client's account. It pays for each frame that was opened or written on it, until that frame
 * is free again, even if by then only copies of others refer to it: so closing an original after
 * copying it does not make room, and nobody can get round the limit. The account outlives its
 * gate for as long as it has dataspaces or pays for frames.
 */

#define DM_NAME_SIZE 33 /* 32 characters and the zero */
#define SESSION_DATASPACES_MAX 2048
#define SESSION_NO_LIMIT (~0ull)

struct manager;
struct dataspace;

struct session {
    struct account account;
    struct session *next, **link; /* in manager->open or manager->closed, sorted by name */
    struct dataspace *first;      /* its dataspaces */
    uint32_t count;               /* of them */
    uint64_t handed;              /* pages of theirs that may be mapped in windows */
    bool open;                    /* the gate lives */
    bool base;                    /* the registered gate, which opens the others */
    char name[DM_NAME_SIZE];
};

/** A new account called @name (cut to 32 characters) with @limit bytes. -L4_ENOMEM. */
long session_open(struct manager *manager, const char *name, uint64_t limit,
                  struct session **session);

/** The gate is gone: the account goes now, or with its last frame. */
void session_close(struct manager *manager, struct session *session);

/**
 * Pages that may be mapped in the windows of @session's dataspaces at a time. Each costs kernel
 * memory of ours, also holes and pages that others pay for, so the limit bounds them: by four
 * times as many pages, and 64 MB.
 */
uint64_t session_handed_max(const struct session *session);

/** Frees closed accounts that have become empty; called after frames were put back. */
void session_sweep(struct manager *manager);

/** Bytes of its dataspaces that are shared with other dataspaces. */
uint64_t session_shared(const struct session *session);
