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

/** The gate of @module, its pager. */
long serve_gate(struct module *module);

/** Takes the gate of @module away. */
void serve_forget(struct module *module);

/** Serves for ever. */
_Noreturn void serve(void);
