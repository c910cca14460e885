/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "tftp/tftp.h"

/* The form of the packets. Used by transfer.c only. */

enum tftp_op { TFTP_OP_READ = 1, TFTP_OP_DATA = 3, TFTP_OP_ACK, TFTP_OP_ERROR, TFTP_OP_OACK };

enum tftp_code { /* of an ERROR packet */
    TFTP_CODE_OTHER = 0,
    TFTP_CODE_NO_FILE = 1,
    TFTP_CODE_ACCESS = 2,
    TFTP_CODE_FULL = 3,
    TFTP_CODE_ILLEGAL = 4,
    TFTP_CODE_STRANGER = 5,
    TFTP_CODE_OPTIONS = 8,
};

/** A packet taken apart. */
struct tftp_in {
    enum tftp_op op;
    uint16_t number;      /* DATA: block; ERROR: code */
    const uint8_t *bytes; /* DATA: contents; ERROR: text; OACK: options */
    size_t size;
};

/** False: no packet that a server sends. */
bool tftp_decode(const void *bytes, size_t size, struct tftp_in *in);

/** What an OACK says; TFTP_SIZE_UNKNOWN and 0 where it does not. */
struct tftp_options {
    uint64_t size;
    unsigned block;
};

/** False: malformed, twice the same, or an option that was not asked for. */
bool tftp_decode_options(const struct tftp_in *in, struct tftp_options *options);

void tftp_encode_read(struct tftp_out *out, const char *name, unsigned block, bool options);
void tftp_encode_ack(struct tftp_out *out, uint16_t number);
void tftp_encode_error(struct tftp_out *out, enum tftp_code code, const char *text);
