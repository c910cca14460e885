/* SPDX-License-Identifier: BSD-2-Clause */
#include <string.h>
#include "tftp/packet.h"

#define BLKSIZE "blksize"
#define TSIZE   "tsize"

static uint16_t get16(const uint8_t *at)
{
    return (uint16_t)(at[0] << 8 | at[1]);
}

static void put16(struct tftp_out *out, unsigned value)
{
    out->bytes[out->size++] = (uint8_t)(value >> 8);
    out->bytes[out->size++] = (uint8_t)value;
}

static void put_text(struct tftp_out *out, const char *text)
{
    size_t size = strlen(text) + 1;

    memcpy(out->bytes + out->size, text, size);
    out->size += (uint16_t)size;
}

static void put_number(struct tftp_out *out, unsigned value)
{
    char digits[11], *at = digits + sizeof digits - 1;

    *at = 0;
    do
        *--at = (char)('0' + value % 10);
    while (value /= 10);
    put_text(out, at);
}

bool tftp_decode(const void *bytes, size_t size, struct tftp_in *in)
{
    const uint8_t *at = bytes;

    if (size < 2)
        return false;
    *in = (struct tftp_in){.op = get16(at), .bytes = at + 2, .size = size - 2};
    if (in->op == TFTP_OP_OACK)
        return true;
    if ((in->op != TFTP_OP_DATA && in->op != TFTP_OP_ERROR) || size < 4)
        return false;
    in->number = get16(at + 2);
    in->bytes = at + 4;
    in->size = size - 4;
    return true;
}

/* Names of options do not depend on case. */
static bool is(const char *text, const char *option)
{
    while (*option && (*text | 0x20) == *option) {
        text++;
        option++;
    }
    return !*option && !*text;
}

/* A decimal number up to @max; false: something else. */
static bool number(const char *text, uint64_t max, uint64_t *value)
{
    *value = 0;
    if (!*text)
        return false;
    for (; *text; text++) {
        if (*text < '0' || *text > '9')
            return false;
        *value = *value * 10 + (uint64_t)(*text - '0');
        if (*value > max)
            return false;
    }
    return true;
}

static bool option(const char *name, const char *value, struct tftp_options *options)
{
    uint64_t n;

    if (is(name, TSIZE) && options->size == TFTP_SIZE_UNKNOWN)
        return number(value, TFTP_SIZE_MAX, &options->size);
    if (!is(name, BLKSIZE) || options->block || !number(value, TFTP_BLOCK_MAX, &n))
        return false;
    options->block = (unsigned)n;
    return n >= TFTP_BLOCK_MIN;
}

bool tftp_decode_options(const struct tftp_in *in, struct tftp_options *options)
{
    const char *at = (const char *)in->bytes, *end = at + in->size;

    *options = (struct tftp_options){.size = TFTP_SIZE_UNKNOWN};
    while (at < end) {
        const char *name_end = memchr(at, 0, (size_t)(end - at));
        if (!name_end)
            return false;
        const char *value = name_end + 1;
        const char *value_end = value < end ? memchr(value, 0, (size_t)(end - value)) : NULL;
        if (!value_end || !option(at, value, options))
            return false;
        at = value_end + 1;
    }
    return true;
}

void tftp_encode_read(struct tftp_out *out, const char *name, unsigned block, bool options)
{
    out->size = 0;
    put16(out, TFTP_OP_READ);
    put_text(out, name);
    put_text(out, "octet");
    if (!options)
        return;
    put_text(out, TSIZE);
    put_text(out, "0");
    put_text(out, BLKSIZE);
    put_number(out, block);
}

void tftp_encode_ack(struct tftp_out *out, uint16_t number)
{
    out->size = 0;
    put16(out, TFTP_OP_ACK);
    put16(out, number);
}

void tftp_encode_error(struct tftp_out *out, enum tftp_code code, const char *text)
{
    out->size = 0;
    put16(out, TFTP_OP_ERROR);
    put16(out, code);
    put_text(out, text);
}
