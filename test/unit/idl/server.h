/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include "idl/sample.h"
#include "test/unit/idl/kernel.h"

/* A server of sample.idl that answers with values made from what it was asked. */

#define SAMPLE_OBJECTS 6
#define SAMPLE_REPLIES 3
#define CLIENT (&fake_clients[0])
#define SERVICE l4_cap(5) /* slot of each client: the base gate, with W and S */

extern struct ipc_server sample;
extern struct ipc_object *sample_base_object;
extern unsigned sample_calls;  /* operations that have run */
extern const char *sample_bad; /* a value that no operation must ever see */
extern unsigned sample_gone;   /* calls of gone() */
extern unsigned sample_ticks, sample_interrupts, sample_foreign;
extern struct ipc_later sample_later[SAMPLE_REPLIES];
extern unsigned sample_later_count;
extern struct ipc_object *sample_session; /* the last one opened */
extern l4_cap_t sample_taken;             /* slot of the last capability kept */
extern struct ipc_cap_in sample_cap_a, sample_cap_b; /* as op_caps() saw them */
extern unsigned sample_rights;            /* of the caller's gate capability */

/* What the operation "register" does with its capability. */
enum sample_keep { KEEP_NOT, KEEP_IT, KEEP_WEAK };
extern enum sample_keep sample_keep;

/** A fresh server and kernel; all clients have the base gate in SERVICE. Client 0 is current. */
void sample_start(void);

/** Label of the base gate, with W and S. */
uint64_t sample_label(void);
