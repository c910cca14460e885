/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <l4/types.h>

/*
 * What every server does the same way: come up, be found, find others, map dataspaces.
 */

/**
 * Called by libc's start code before main(): makes capability slots available and opens the
 * sessions of a boot module at LOG (tag: the program's name) and NAMES. log and names, which cannot
 * call themselves, have a server_start() of their own.
 */
void server_start(void);

/** Capability slots for slots_alloc(). */
#define SERVER_SLOTS (L4_CAP_SLOTS / 4)

/** The first part of server_start(): capability slots from TASK_CAP_FIRST_FREE on. */
void server_init_slots(void);

/**
 * The second: replaces the kernel console in slot TASK_CAP_LOG by a session at LOG. If log does not
 * answer, output stays on the console, with '*' before each line (row L04).
 */
void server_open_log(void);

/** True from then on, if it could. */
extern bool server_has_log;

/** The third: a session at NAMES in slot TASK_CAP_NAMES. */
void server_open_names(void);

/** Enters @gate at names as @name. Returns 0 or a negative error. */
long server_register(const char *name, l4_cap_t gate);

/** The service @name into the empty @slot, waiting at most @timeout_us for it. -ERR_ENOENT. */
long server_query(const char *name, uint64_t timeout_us, l4_cap_t slot);

/**
 * Opens the server's own session of @limit bytes at DM_PHYS in slot TASK_CAP_DM; the base gate
 * stays in *@base, for who opens sessions for others (null: given back). Waits for DM_PHYS to
 * appear.
 */
long server_open_dm(uint64_t limit, l4_cap_t *base);

/**
 * Maps [@offset, @offset + @size) of @dataspace (whole pages) with @rights (L4_FPAGE_*) at a free
 * place of the server's area, completely: no fault later (design rule 16). *@address: where. Any
 * thread. -ERR_ENOMEM no room; errors of the manager.
 */
long server_map(l4_cap_t dataspace, uint64_t offset, uint64_t size, unsigned rights,
                void **address);

/** Unmaps what server_map() has mapped: the same address and size. */
void server_unmap(void *address, uint64_t size);

/** Stops the program with a line that names @step, if @error is negative. */
void server_check(const char *step, long error);

/** Microseconds of the kernel clock. */
uint64_t server_clock_us(void);

/** Sleeps for @us microseconds. */
void server_sleep_us(uint64_t us);
