/* SPDX-License-Identifier: BSD-2-Clause */
#include "session.h"

#include <assert.h>
#include <l4/error.h>
#include <string.h>

#include "dataspace.h"
#include "manager.h"

static void link_sorted(struct session **list, struct session *session)
{
    while (*list && strcmp((*list)->name, session->name) <= 0)
        list = &(*list)->next;
    session->next = *list;
    session->link = list;
    if (session->next)
        session->next->link = &session->next;
    *list = session;
}

static void unlink(struct session *session)
{
    *session->link = session->next;
    if (session->next)
        session->next->link = session->link;
}

long session_open(struct manager *manager, const char *name, uint64_t limit,
                  struct session **session)
{
    manager_act_for(manager, NULL);
    struct session *new = pool_alloc(&manager->sessions);
    if (!new)
        return -L4_ENOMEM;
    new->account.limit = limit;
    new->open = true;
    strncpy(new->name, name, sizeof new->name - 1);
    link_sorted(&manager->open, new);
    *session = new;
    return 0;
}

uint64_t session_handed_max(const struct session *session)
{
    return session->account.limit / L4_PAGE_SIZE * 4 + (64ull << 20) / L4_PAGE_SIZE;
}

static void free_if_empty(struct manager *manager, struct session *session)
{
    if (session->open || session->count > 0 || session->account.used > 0)
        return;
    unlink(session);
    manager_act_for(manager, NULL);
    pool_free(&manager->sessions, session);
}

void session_close(struct manager *manager, struct session *session)
{
    assert(session->open);
    session->open = false;
    frames_reserve(&manager->store.frames, &session->account, 0);
    unlink(session);
    link_sorted(&manager->closed, session);
    free_if_empty(manager, session);
}

void session_sweep(struct manager *manager)
{
    for (struct session *session = manager->closed, *next; session; session = next) {
        next = session->next;
        free_if_empty(manager, session);
    }
}

uint64_t session_shared(const struct session *session)
{
    uint64_t shared = 0;
    for (const struct dataspace *ds = session->first; ds; ds = ds->next)
        shared += tree_shared_pages(&ds->tree) * L4_PAGE_SIZE;
    return shared;
}
