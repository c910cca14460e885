/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include "ipc/ipc.h"
#include "module.h"

/*
 * Interrupts of modules: a gate that speaks the ICU's protocol (ABI 7.6) and passes on what
 * concerns lines of the module's quota. A line belongs to the module that has bound it, until that
 * unbinds it, deletes the IRQ object or ends; the interrupts themselves go from the kernel to the
 * module's own IRQ object, past roottask.
 */

/** Kind of the gates; an object's data is the module. */
extern const struct ipc_kind irqs_kind;

/** How many lines @module has bound. */
unsigned irqs_of(const struct module *module);

/** @module has no lines any more. */
void irqs_give_all(const struct module *module);
