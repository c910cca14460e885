/* SPDX-License-Identifier: BSD-2-Clause */
#include "children.h"

#include <string.h>

#include "ipc/slots.h"
#include "l4sys/task.h"

enum { WORDS_MAX = 3 };

/* Weak copies of the living tasks of a module: their slots empty by themselves. */
static struct children {
    l4_cap_t slots[QUOTA_CHILDREN];
} children[MODULES_MAX];

unsigned children_of(const struct module *module)
{
    struct children *c = &children[module->index];
    unsigned living = 0;

    for (unsigned i = 0; i < QUOTA_CHILDREN; i++)
        living += c->slots[i] && l4_cap_valid(c->slots[i]);
    return living;
}

/* A free place to count another task of @m; null: it has as many as it may have. */
static l4_cap_t *free_place(const struct module *m)
{
    struct children *c = &children[m->index];
    l4_cap_t *place = NULL;

    if (children_of(m) >= m->quota->child_max)
        return NULL;
    for (unsigned i = 0; i < QUOTA_CHILDREN; i++) {
        if (c->slots[i] && l4_cap_valid(c->slots[i]))
            continue;
        slots_free(c->slots[i]);
        c->slots[i] = 0;
        place = &c->slots[i];
    }
    return place;
}

/* Keeps a weak copy of the new task in @task. */
static long count(l4_cap_t *place, l4_cap_t task)
{
    l4_cap_t slot = slots_alloc();
    long error = slot ? ipc_kernel_copy(task, slot, true) : -L4_ENOMEM;

    if (error < 0)
        slots_free(slot);
    else
        *place = slot;
    return error < 0 ? error : 0;
}

static long check(const struct ipc_call *call)
{
    unsigned words = l4_msgtag_words(call->tag);

    if (l4_msgtag_label(call->tag) != L4_PROTO_FACTORY)
        return -L4_EBADPROTO;
    if (!(call->rights & L4_CAP_S))
        return -L4_EPERM;
    if (words < 1 || words > WORDS_MAX || l4_msgtag_items(call->tag) > 1)
        return -L4_EINVAL;
    switch ((long)ipc_utcb()->mr[0]) {
    case 0:
    case L4_PROTO_KOBJECT:
    case L4_PROTO_THREAD:
    case L4_PROTO_IRQ_SENDER:
    case L4_PROTO_SEMAPHORE:
    case L4_PROTO_TASK:
        return 0;
    case L4_PROTO_FACTORY:
        return -L4_EPERM;
    default:
        return -L4_ENODEV;
    }
}

/* Where new objects come: at most one lies here, until the answer has taken it along. */
static l4_cap_t new_object(void)
{
    static l4_cap_t slot;

    if (!slot)
        slot = slots_alloc();
    if (slot)
        l4_cap_delete(slot); /* one that did not reach its maker */
    return slot;
}

/* Has the factory of @m make what the request asks for; *@words of the answer are in the UTCB. */
static long make(struct ipc_call *call, const struct module *m, l4_cap_t to, unsigned *words)
{
    struct l4_utcb *u = ipc_utcb();
    unsigned items = l4_msgtag_items(call->tag);
    struct ipc_cap_in thread = {0};
    uint64_t mr[WORDS_MAX];

    *words = l4_msgtag_words(call->tag);
    memcpy(mr, u->mr, sizeof mr);
    if (items)
        ipc_get_cap(call, &thread);
    if (call->error)
        return call->error;
    if (items && !thread.slot)
        return -L4_EINVAL; /* one of our own gates */
    memcpy(u->mr, mr, sizeof mr);
    if (items)
        l4_put_cap(*words, thread.slot);
    l4_receive_cap(to);
    l4_msgtag_t tag = l4_ipc_call(m->factory, l4_msgtag(L4_PROTO_FACTORY, *words, items, 0),
                                  L4_NEVER);
    *words = l4_msgtag_words(tag);
    return l4_result(tag);
}

static long message(struct ipc_call *call)
{
    const struct module *m = call->object->data;
    bool is_task = (long)ipc_utcb()->mr[0] == L4_PROTO_TASK;
    long error = check(call);
    l4_cap_t *place = NULL;
    unsigned words;

    if (error < 0)
        return error;
    uint64_t mr[WORDS_MAX + 2]; /* checks below overwrite the UTCB */
    memcpy(mr, ipc_utcb()->mr, sizeof mr);
    l4_cap_t object = new_object();
    if (is_task)
        place = free_place(m);
    memcpy(ipc_utcb()->mr, mr, sizeof mr);
    if (!object || (is_task && !place))
        return -L4_ENOMEM;
    error = make(call, m, object, &words);
    if (error < 0)
        return error;
    uint64_t ku_mem = ipc_utcb()->mr[0];
    if (is_task)
        error = count(place, object);
    if (error < 0)
        return error; /* the object goes before the next one is made */
    ipc_foreign_reply(call, 0, words, 1);
    ipc_utcb()->mr[0] = ku_mem;
    l4_put_item(words, L4_ITEM_GRANT, l4_fpage_obj(object, 0, L4_CAP_RWSD));
    return 0;
}

const struct ipc_kind children_kind = {.name = "factory", .foreign = message};

void children_forget(const struct module *module)
{
    struct children *c = &children[module->index];

    new_object(); /* what lies there may be its */
    for (unsigned i = 0; i < QUOTA_CHILDREN; i++)
        if (c->slots[i])
            slots_release(c->slots[i]);
    memset(c, 0, sizeof *c);
}
