/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include "abi.h"
#include "idl/sample.h"

/* A server of sample.idl for the guest; what it has seen is in these variables. */

#define REPLIES 3

extern struct ipc_server sample;
extern struct ipc_object *sample_base_object;
extern volatile unsigned sample_gone, sample_ticks, sample_interrupts, sample_waiting;
extern volatile bool sample_local; /* the last capability was recognised as our base gate */
extern struct ipc_object *sample_irq;
extern char sample_page[4096];

/**
 * Starts the server in a thread of the own task at priority @priority; its base gate is then in
 * sample_base_object->gate. False: it failed.
 */
bool sample_start(struct worker *w, unsigned priority);

/** Answers the callers that wait: the last one first, with 10 + its place. By interrupt. */
void sample_answer(void);
