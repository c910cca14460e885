/* SPDX-License-Identifier: BSD-2-Clause */
#include "books.h"

#include <stdio.h>
#include <string.h>

#define OWN_NAME "dm_phys"

/** What one client has. */
struct sum {
    uint64_t sessions, dataspaces, frames, reserved;
};

struct output {
    void (*line)(void *data, const char *text);
    void *data;
    const char *client;
};

static void print(const struct output *out, const char *kind, uint64_t count, uint64_t cached)
{
    char text[128], client[DM_NAME_SIZE];
    unsigned i = 0;
    if (count == 0 && cached == 0)
        return;
    for (; out->client[i]; i++) /* clients choose their names; a line has five words */
        client[i] = out->client[i] > ' ' && out->client[i] <= '~' ? out->client[i] : '_';
    client[i] = 0;
    snprintf(text, sizeof text, "books dm_phys %s %s %llu %llu", i ? client : "-", kind,
             (unsigned long long)count, (unsigned long long)cached);
    out->line(out->data, text);
}

/** The first name in @list that comes after @last, if before @best. */
static const char *next_name(const struct session *list, const char *last, const char *best)
{
    for (; list; list = list->next)
        if ((!last || strcmp(list->name, last) > 0) && (!best || strcmp(list->name, best) < 0))
            return list->name; /* lists are sorted */
    return best;
}

static void add(const struct session *list, const char *name, struct sum *sum)
{
    for (; list; list = list->next) {
        if (strcmp(list->name, name) != 0)
            continue;
        sum->sessions += list->open;
        sum->dataspaces += list->count;
        sum->frames += list->account.used / L4_PAGE_SIZE;
        sum->reserved += list->account.reserved / L4_PAGE_SIZE;
    }
}

/** Frames that no session pays for: tree nodes, tables, the zero frame. */
static uint64_t own_frames(const struct manager *manager)
{
    const struct frames *frames = &manager->store.frames;
    uint64_t own = (frames->total_bytes - frames->free_bytes) / L4_PAGE_SIZE;
    for (const struct session *s = manager->open; s; s = s->next)
        own -= s->account.used / L4_PAGE_SIZE;
    for (const struct session *s = manager->closed; s; s = s->next)
        own -= s->account.used / L4_PAGE_SIZE;
    return own;
}

void books_list(const struct manager *manager, void (*line)(void *data, const char *text),
                void *data)
{
    const char *last = NULL, *name;
    while ((name = next_name(manager->closed, last, next_name(manager->open, last, NULL)))
           || !last || strcmp(last, OWN_NAME) < 0) {
        bool own = (!last || strcmp(last, OWN_NAME) < 0) && (!name || strcmp(name, OWN_NAME) >= 0);
        struct output out = {line, data, own ? OWN_NAME : name};
        struct sum sum = {0};
        add(manager->open, out.client, &sum);
        add(manager->closed, out.client, &sum);
        if (own)
            sum.frames += own_frames(manager);
        print(&out, "dataspace", sum.dataspaces, 0);
        print(&out, "frame", sum.frames,
              own ? manager->store.frames.free_bytes / L4_PAGE_SIZE : 0);
        if (own)
            print(&out, "node", manager->store.nodes.used, 0);
        print(&out, "reserved", sum.reserved, 0);
        print(&out, "session", sum.sessions, 0);
        last = out.client;
    }
}
