/* SPDX-License-Identifier: BSD-2-Clause */
#include <string.h>
#include "ipc/object.h"
#include "ipc/transport.h"
#include "ipc/wire.h"

bool ipc_valid_string(const char *text, size_t size)
{
    for (size_t i = 0; i < size; i++)
        if (!text[i])
            return true;
    return false;
}

bool ipc_valid_bool(const bool *value)
{
    unsigned char byte;

    memcpy(&byte, value, 1);
    return byte <= 1;
}

static void stick(struct ipc_call *call, long error)
{
    if (!call->error)
        call->error = error;
}

void ipc_check(struct ipc_call *call, bool valid)
{
    if (!valid)
        stick(call, -L4_EMSGERRRANGE);
}

void ipc_get_words(struct ipc_call *call, void *to, size_t size, unsigned items)
{
    size_t got = 8 * (size_t)l4_msgtag_words(call->tag);

    if (got != size)
        stick(call, got < size ? -L4_EMSGTOOSHORT : -L4_EMSGTOOLONG);
    else if (l4_msgtag_items(call->tag) != items)
        stick(call, -L4_EMSGMISSARG);
    if (call->error)
        memset(to, 0, size);
    else
        memcpy(to, ipc_utcb()->mr, size);
}

/*
 * The two words of the next item, if it is an object flexpage of its own receive item. Behind the
 * last one lies what an older message has left.
 */
static bool next_item(struct ipc_call *call, uint64_t word[2])
{
    unsigned at = l4_msgtag_words(call->tag) + 2 * call->next_item++;

    if (at + 2 > l4_msgtag_words(call->tag) + 2 * l4_msgtag_items(call->tag))
        return false;
    memcpy(word, &ipc_utcb()->mr[at], 2 * sizeof(word[0]));
    return (word[0] & L4_ITEM_MAP) && !(word[0] & L4_ITEM_CONT)
           && l4_fpage_type((l4_fpage_t){word[0]}) == L4_FPAGE_OBJ;
}

/* A sender in our own task: the item names its slot, which may be that of an own gate. */
static void get_cap_of_own_task(struct ipc_call *call, struct ipc_cap_in *cap, l4_fpage_t sent)
{
    const struct ipc_object *object;

    cap->slot = l4_fpage_address(sent);
    object = ipc_object_by_gate(call->server, cap->slot);
    if (object) {
        cap->local = true;
        cap->label = ipc_object_label(call->server, object)
                     | (l4_fpage_rights(sent) & (L4_CAP_W | L4_CAP_S));
    }
}

void ipc_get_cap(struct ipc_call *call, struct ipc_cap_in *cap)
{
    unsigned number = call->next_item;
    uint64_t word[2];

    *cap = (struct ipc_cap_in){.receive = -1};
    if (call->error)
        return;
    if (!next_item(call, word) || l4_fpage_order((l4_fpage_t){word[0]}) != 0) {
        stick(call, -L4_EMSGMISSARG);
        return;
    }
    switch (word[0] & L4_RESULT_MASK) {
    case L4_RESULT_MAPPED:
        cap->slot = call->server->receive[number];
        cap->receive = (int8_t)number;
        break;
    case L4_RESULT_LABEL:
        cap->local = true;
        cap->label = word[1];
        break;
    case L4_RESULT_FPAGE:
        get_cap_of_own_task(call, cap, (l4_fpage_t){word[1]});
        break;
    default: /* the sender had nothing in that slot */
        stick(call, -L4_EMSGMISSARG);
    }
}

void ipc_get_capset(struct ipc_call *call, struct ipc_capset *set)
{
    uint64_t word[2];
    unsigned order;

    *set = (struct ipc_capset){0};
    if (call->error)
        return;
    call->next_item = IPC_MAX_IN_CAPS;
    if (!next_item(call, word)) {
        stick(call, -L4_EMSGMISSARG);
        return;
    }
    order = l4_fpage_order((l4_fpage_t){word[0]});
    if ((word[0] & L4_RESULT_MASK) != L4_RESULT_MAPPED || order > call->server->capset_order) {
        stick(call, -L4_EMSGMISSARG);
        return;
    }
    *set = (struct ipc_capset){call->server->capset_window, order, L4_CAP_RWS};
}

static void reply_stick(struct ipc_reply *reply)
{
    if (!reply->error)
        reply->error = -L4_EIO;
}

void ipc_reply_check(struct ipc_reply *reply, bool valid)
{
    if (!valid)
        reply_stick(reply);
}

void ipc_reply_begin(struct ipc_reply *reply, const void *words, size_t size)
{
    *reply = (struct ipc_reply){.words = (unsigned)(size / 8)};
    if (size > 0)
        memcpy(ipc_utcb()->mr, words, size);
}

static void reply_item(struct ipc_reply *reply, uint64_t word0, l4_fpage_t fpage)
{
    unsigned at = reply->words + 2 * reply->items++;
    struct l4_utcb *utcb = ipc_utcb();

    if (at + 2 > L4_MAX_WORDS)
        __builtin_trap(); /* idlc has counted */
    utcb->mr[at] = word0 | L4_ITEM_MAP;
    utcb->mr[at + 1] = fpage.raw;
}

void ipc_reply_cap(struct ipc_reply *reply, const struct ipc_cap_out *cap, unsigned rights_mask)
{
    if (cap->object)
        reply->objects[reply->object_count++] = cap->object;
    if (l4_cap_index(cap->slot) == 0)
        reply_stick(reply);
    reply_item(reply, 0, l4_fpage_obj(cap->slot, 0, (cap->rights & rights_mask) | L4_CAP_R));
}

void ipc_reply_capset(struct ipc_reply *reply, const struct ipc_capset *set, unsigned rights_mask)
{
    if (l4_cap_index(set->first) == 0)
        reply_stick(reply);
    reply_item(reply, 0, l4_fpage_obj(set->first, set->order,
                                      (set->rights & rights_mask) | L4_CAP_R));
}

void ipc_reply_pages(struct ipc_reply *reply, const struct ipc_page *pages, uint32_t count)
{
    const uint64_t flags = L4_ITEM_UNCACHED | L4_ITEM_CACHED | L4_ITEM_BUFFERED;

    for (uint32_t i = 0; i < count; i++) {
        uint64_t word0 = (pages[i].hot_spot & L4_PAGE_MASK) | (pages[i].flags & flags);
        bool last = i + 1 == count;
        ipc_reply_check(reply, l4_fpage_type(pages[i].fpage) == L4_FPAGE_MEMORY);
        reply_item(reply, word0 | (last ? 0 : L4_ITEM_CONT), pages[i].fpage);
    }
}

long ipc_reply_end(struct ipc_reply *reply)
{
    reply->tag = l4_msgtag(0, reply->words, reply->items, 0);
    return reply->error;
}
