/* SPDX-License-Identifier: BSD-2-Clause */
#include <string.h>
#include "ipc/client.h"
#include "ipc/transport.h"
#include "ipc/wire.h"

static void stick(struct ipc_client *call, long error)
{
    if (!call->error)
        call->error = error;
}

bool ipc_copy_string(char *to, size_t size, const char *text)
{
    for (size_t i = 0; i < size; i++) {
        to[i] = text[i];
        if (!text[i])
            return true;
    }
    return false;
}

bool ipc_copy_array(struct ipc_array array, const void *from, uint32_t count)
{
    if (count > array.max)
        return false;
    if (count > 0)
        memcpy(array.to, from, (size_t)count * array.element);
    return true;
}

void ipc_put_string(struct ipc_client *call, char *to, size_t size, const char *text)
{
    if (!ipc_copy_string(to, size, text))
        stick(call, -L4_ENAMETOOLONG);
}

void ipc_put_array(struct ipc_client *call, struct ipc_array array, const void *from,
                   uint32_t count)
{
    if (!ipc_copy_array(array, from, count))
        stick(call, -L4_E2BIG);
}

void ipc_put_check(struct ipc_client *call, bool valid)
{
    if (!valid)
        stick(call, -L4_EINVAL);
}

static bool is_slot(l4_cap_t cap)
{
    return l4_cap_index(cap) != 0 && l4_cap_index(cap) < L4_CAP_SLOTS;
}

static void send_item(struct ipc_client *call, l4_fpage_t fpage)
{
    if (call->item_count == IPC_CLIENT_ITEMS)
        __builtin_trap(); /* idlc has counted */
    call->items[call->item_count++] = fpage;
}

void ipc_send_cap(struct ipc_client *call, l4_cap_t cap, unsigned rights)
{
    if (is_slot(cap))
        send_item(call, l4_fpage_obj(cap, 0, rights & L4_CAP_RWS));
    else
        stick(call, -L4_EINVAL);
}

void ipc_send_capset(struct ipc_client *call, const struct ipc_capset *set, unsigned rights)
{
    l4_fpage_t nothing = l4_fpage_obj(0, 0, 0);

    /* The server's window comes after its slots for single capabilities: pass those by. */
    while (call->item_count < IPC_MAX_IN_CAPS)
        send_item(call, nothing);
    send_item(call, l4_fpage_obj(set->first, set->order, set->rights & rights & L4_CAP_RWS));
}

static void expect(struct ipc_client *call, struct ipc_window window)
{
    if (!is_slot(l4_fpage_address(window.fpage)))
        stick(call, -L4_EINVAL);
    else if (call->expect_count == IPC_CLIENT_ITEMS)
        __builtin_trap();
    else
        call->expect[call->expect_count++] = window;
}

void ipc_expect_cap(struct ipc_client *call, l4_cap_t target)
{
    expect(call, (struct ipc_window){l4_fpage_obj(target, 0, L4_CAP_RWS), 0});
}

void ipc_expect_capset(struct ipc_client *call, const struct ipc_window *window)
{
    if (l4_fpage_type(window->fpage) == L4_FPAGE_OBJ)
        expect(call, *window);
    else
        stick(call, -L4_EINVAL);
}

void ipc_expect_pages(struct ipc_client *call, const struct ipc_window *window, unsigned max)
{
    if (l4_fpage_type(window->fpage) != L4_FPAGE_MEMORY)
        stick(call, -L4_EINVAL);
    call->pages = *window;
    call->pages_max = max;
}

/* Writes one receive item at BR[@at]; returns the index after it. */
static unsigned put_window(struct l4_utcb *utcb, unsigned at, const struct ipc_window *window)
{
    bool one_slot = l4_fpage_type(window->fpage) == L4_FPAGE_OBJ
                    && l4_fpage_order(window->fpage) == 0;
    uint64_t forward = window->task ? L4_RCV_FORWARD : 0;

    if (one_slot) {
        utcb->br[at++] = l4_fpage_address(window->fpage) | L4_RCV_MAP | L4_RCV_SMALL | forward;
    } else {
        utcb->br[at++] = L4_RCV_MAP | forward;
        utcb->br[at++] = window->fpage.raw;
    }
    if (window->task)
        utcb->br[at++] = window->task;
    return at;
}

/* Object windows from BR[0] on, then the memory window; each list ends with a void word. */
static void put_buffers(const struct ipc_client *call, struct l4_utcb *utcb)
{
    unsigned at = 0, memory;

    for (unsigned i = 0; i < call->expect_count; i++)
        at = put_window(utcb, at, &call->expect[i]);
    utcb->br[at++] = 0;
    memory = at;
    if (call->pages_max > 0)
        at = put_window(utcb, at, &call->pages);
    utcb->br[at] = 0;
    utcb->bdr = l4_bdr(memory, at, 0);
}

static void empty_targets(const struct ipc_client *call)
{
    for (unsigned i = 0; i < call->expect_count; i++)
        ipc_kernel_release_range(call->expect[i].task, call->expect[i].fpage);
}

/* Word 0 of a received item (ABI 5.6) says that something of the wanted type has been mapped. */
static bool item_mapped(uint64_t word0, enum l4_fpage_type type)
{
    l4_fpage_t sent = {word0};

    return (word0 & L4_ITEM_MAP) && (word0 & L4_RESULT_MASK) == L4_RESULT_MAPPED
           && l4_fpage_type(sent) == type;
}

static long check_reply(const struct ipc_client *call, l4_msgtag_t tag, size_t size)
{
    const struct l4_utcb *utcb = ipc_utcb();
    unsigned words = l4_msgtag_words(tag), items = l4_msgtag_items(tag);

    if (l4_msgtag_label(tag) > 0)
        return -L4_EBADPROTO;
    if (words * 8 != size)
        return words * 8 < size ? -L4_EMSGTOOSHORT : -L4_EMSGTOOLONG;
    if (items < call->expect_count || items > call->expect_count + call->pages_max
        || words + 2 * items > L4_MAX_WORDS)
        return -L4_EMSGMISSARG;
    for (unsigned i = 0; i < items; i++) {
        uint64_t word0 = utcb->mr[words + 2 * i];
        bool is_object = i < call->expect_count;
        if (!item_mapped(word0, is_object ? L4_FPAGE_OBJ : L4_FPAGE_MEMORY))
            return -L4_EMSGMISSARG;
        if (is_object && l4_fpage_order((l4_fpage_t){word0}) > l4_fpage_order(call->expect[i].fpage))
            return -L4_EMSGTOOLONG;
    }
    return 0;
}

/* Puts words, items and receive buffers into the UTCB; returns the tag. */
static l4_msgtag_t put_message(const struct ipc_client *call, const struct ipc_words *words)
{
    struct l4_utcb *utcb = ipc_utcb();
    unsigned count = (unsigned)(words->request_size / 8);

    memcpy(utcb->mr, words->request, words->request_size);
    for (unsigned i = 0; i < call->item_count; i++) {
        utcb->mr[count + 2 * i] = L4_ITEM_MAP;
        utcb->mr[count + 2 * i + 1] = call->items[i].raw;
    }
    put_buffers(call, utcb);
    return l4_msgtag(call->protocol, count, call->item_count, 0);
}

long ipc_client_call(struct ipc_client *call, const struct ipc_words *words)
{
    l4_msgtag_t tag;
    long result;

    if (call->error)
        return call->error;
    tag = put_message(call, words);
    tag = ipc_invoke((call->server & L4_PAGE_MASK) | L4_SYSF_CALL, tag, NULL, call->timeouts);
    if (l4_msgtag_has_error(tag)) {
        long code = (long)(ipc_utcb()->error & 0x1f);
        if (code & 1) /* receive phase: part of the reply may be here */
            empty_targets(call);
        return -(L4_EIPC + code);
    }
    result = l4_msgtag_label(tag);
    if (result >= 0)
        result = check_reply(call, tag, words->reply_size);
    if (result < 0) {
        if (l4_msgtag_items(tag) > 0)
            empty_targets(call);
        return result;
    }
    if (words->reply_size > 0)
        memcpy(words->reply, ipc_utcb()->mr, words->reply_size);
    return 0;
}

long ipc_client_refuse(const struct ipc_client *call)
{
    empty_targets(call);
    return -L4_EMSGERRRANGE;
}
