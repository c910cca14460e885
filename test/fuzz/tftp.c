/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * libFuzzer target for lib/tftp: each input is a row of steps, two bytes (what, length) and the
 * packet.
 *   clang -g -O1 -fsanitize=fuzzer,address,undefined -Ilib -o /tmp/fuzz-tftp test/fuzz/tftp.c lib/tftp/[a-z]*.c
 *   /tmp/fuzz-tftp -max_total_time=600 -max_len=4000 NEW_FOLDER
 */
#include <stdlib.h>
#include <string.h>
#include "tftp/tftp.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct tftp_request request = {.name = "file", .block = 512, .first_us = 10,
                                            .longest_us = 100, .silence_us = 1000,
                                            .total_us = 5000};

static void check(const struct tftp *t, enum tftp_event event)
{
    if (event == TFTP_DATA && (t->data_size > 512 || t->offset + t->data_size > t->size))
        abort();
    if ((event == TFTP_FAILED) != (t->state == TFTP_STATE_FAILED) && event == TFTP_FAILED)
        abort();
    if (t->state == TFTP_STATE_DONE && t->size != TFTP_SIZE_UNKNOWN && t->offset != t->size)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct tftp t;
    uint64_t now = 1;
    uint64_t fetched = 0;

    tftp_start(&t, &request, now);
    while (size >= 2) {
        unsigned what = data[0], length = data[1];
        data += 2;
        size -= 2;
        length = length < size ? length : (unsigned)size;
        uint8_t *packet = malloc(length ? length : 1); /* so that reading past its end is noticed */
        memcpy(packet, data, length);
        enum tftp_event event = tftp_packet(&t, (uint16_t)(what & 3), packet, length, now);
        check(&t, event);
        if (event == TFTP_DATA)
            fetched += t.data_size;
        while (what & 4 && t.state == TFTP_STATE_HELD) {
            event = tftp_next(&t, now);
            if (t.state != TFTP_STATE_FAILED && t.offset != fetched)
                abort();
            check(&t, event);
            if (event == TFTP_DATA)
                fetched += t.data_size;
        }
        free(packet);
        now += what >> 4;
        check(&t, tftp_tick(&t, now));
        tftp_output(&t);
        data += length;
        size -= length;
    }
    return 0;
}
