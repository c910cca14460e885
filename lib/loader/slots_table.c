/* SPDX-License-Identifier: BSD-2-Clause */
#include "ipc/slots.h"
#include "loader/slots.h"

#define WORDS (TASK_SLOTS_END / 64)

uint64_t slots_table[WORDS];
const unsigned slots_words = WORDS;
