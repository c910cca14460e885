/* SPDX-License-Identifier: BSD-2-Clause */
#include "manager.h"

#include <assert.h>
#include <l4/error.h>

#include "dataspace.h"

long manager_init(struct manager *manager)
{
    struct frames *frames = &manager->store.frames;
    store_init(&manager->store);
    pool_init(&manager->dataspaces, frames, "dataspaces", sizeof(struct dataspace));
    pool_init(&manager->sessions, frames, "sessions", sizeof(struct session));
    manager->zero = frame_alloc(frames, NULL);
    if (!manager->zero)
        return -L4_ENOMEM;
    frame_memory(frames, manager->zero);
    return 0;
}

static void check_session(const struct session *session)
{
    uint32_t count = 0;
    uint64_t handed = 0;
    assert(*session->link == session);
    for (const struct dataspace *ds = session->first; ds; ds = ds->next) {
        assert(*ds->link == ds && ds->session == session && ds->pages > 0);
        assert(ds->mapped_start <= ds->mapped_end && ds->mapped_end <= ds->pages);
        handed += ds->mapped_end - ds->mapped_start;
        count++;
    }
    assert(count == session->count && handed == session->handed);
}

void manager_check(struct manager *manager)
{
    frames_check(&manager->store.frames);
    for (const struct session *s = manager->open; s; s = s->next) {
        assert(s->open);
        check_session(s);
    }
    for (const struct session *s = manager->closed; s; s = s->next) {
        assert(!s->open && (s->count > 0 || s->account.used > 0));
        check_session(s);
    }
}
