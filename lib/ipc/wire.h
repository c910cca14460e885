/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include "ipc/client.h"
#include "ipc/server.h"

/*
 * The form of messages, used by generated code on both sides. The words of a request are a C
 * struct that begins with the opcode; those of a reply are a struct of the out values. Both have
 * the natural C layout, unused bytes are zero, and their size is a whole number of words.
 */

/** True if the @size bytes at @text hold a terminated string. */
bool ipc_valid_string(const char *text, size_t size);

/** True if the byte of a received bool is 0 or 1 (read as a byte: other values are hostile). */
bool ipc_valid_bool(const bool *value);

/* Server: decode. Errors stick in call->error; after that nothing more is decoded. */

/** Checks word and item count, then copies the request's words from the UTCB to @to. */
void ipc_get_words(struct ipc_call *call, void *to, size_t size, unsigned items);

/** Takes the next capability item. */
void ipc_get_cap(struct ipc_call *call, struct ipc_cap_in *cap);

/** Takes the capability set item. */
void ipc_get_capset(struct ipc_call *call, struct ipc_capset *set);

/** Sticks -L4_EMSGERRRANGE unless @valid. */
void ipc_check(struct ipc_call *call, bool valid);

/** Number of items of a request with @caps capabilities, and a set if @sets is 1. */
static inline unsigned ipc_request_items(unsigned caps, unsigned sets)
{
    return sets ? IPC_MAX_IN_CAPS + 1 : caps;
}

/* Server: encode a successful reply; errors stick in reply->error. */

void ipc_reply_begin(struct ipc_reply *reply, const void *words, size_t size);
void ipc_reply_cap(struct ipc_reply *reply, const struct ipc_cap_out *cap, unsigned rights_mask);
void ipc_reply_capset(struct ipc_reply *reply, const struct ipc_capset *set, unsigned rights_mask);
void ipc_reply_pages(struct ipc_reply *reply, const struct ipc_page *pages, uint32_t count);
void ipc_reply_check(struct ipc_reply *reply, bool valid);
long ipc_reply_end(struct ipc_reply *reply);

/** The operation failed: undoes an object created for @cap that nobody has got. */
void ipc_cap_undo(struct ipc_server *server, const struct ipc_cap_out *cap);

/** Sends a deferred answer: @result 0 sends @reply, else an empty message with that label. */
long ipc_later_send(struct ipc_server *server, struct ipc_later *later, long result,
                    struct ipc_reply *reply);
