/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <stdbool.h>
#include <stdint.h>

/*
 * What `idl --describe` writes: all interfaces as tables, for who makes messages without knowing
 * them (test/system/fuzz-ipc). Whoever wants them links $(O)/gen/idl/describe.c; no server does.
 */

enum ipc_field_kind {
    IPC_FIELD_BOOL,
    IPC_FIELD_UNSIGNED,
    IPC_FIELD_SIGNED,
    IPC_FIELD_ADDR,
    IPC_FIELD_STRING, /* size: with its zero */
    IPC_FIELD_STRUCT, /* as bytes */
    IPC_FIELD_COUNT,  /* of the array that is the next field; bound: the most */
    IPC_FIELD_CAP,    /* items have neither offset nor size */
    IPC_FIELD_CAPSET,
    IPC_FIELD_PAGES,  /* bound: the most */
};

/** A parameter. An array is two: count and elements; a bulk three: a capability, offset, length. */
struct ipc_field {
    const char *name;
    enum ipc_field_kind kind;
    bool out;        /* from server to client */
    bool strong;     /* capability: the S right is passed on */
    uint16_t offset; /* bytes from the first word of the message */
    uint16_t size;   /* bytes; of an array all elements */
    uint16_t bound;
};

struct ipc_operation {
    const char *name;
    const struct ipc_field *fields; /* in order of the contract */
    uint16_t field_count;
    uint16_t request_size, reply_size; /* bytes, whole words; the request's with the opcode */
};

struct ipc_interface {
    const char *name;
    long protocol;
    const struct ipc_operation *operations; /* opcode 1 is the first; those of the base are included */
    unsigned operation_count;
};

extern const struct ipc_interface ipc_interfaces[]; /* in alphabetical order */
extern const unsigned ipc_interface_count;
