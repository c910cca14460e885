/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * In a file of its own: libloader.so, which each task has in memory of its own, brings a smaller
 * one.
 */
#include "ipc/slots.h"

#define WORDS (L4_CAP_SLOTS / 64)

uint64_t slots_table[WORDS];
const unsigned slots_words = WORDS;
