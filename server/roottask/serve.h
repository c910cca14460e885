/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include "ipc/ipc.h"
#include "module.h"

/*
 * What roottask answers its modules: one gate each, for page faults, exceptions, Sigma0 protocol,
 * interface root.
 */

/**
 * Gets the loop ready. @kip: address of the kernel info page; @table, @count: the modules that were
 * started.
 */
long serve_init(paddr_t kip, struct module *table, unsigned count);

/** The gates of @module: its pager, and what its quota puts between it and the kernel's objects. */
long serve_gates(struct module *module);

/** Takes the gates of @module away. */
void serve_forget(struct module *module);

/** Serves for ever. */
_Noreturn void serve(void);
