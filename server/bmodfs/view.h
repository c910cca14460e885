/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include "ipc/server.h"

/*
 * Files on demand (row F10): a module as a read-only dataspace of bmodfs itself. Nothing is copied;
 * pages are mapped from where the module lies.
 */

struct file;

#define VIEWS_MAX 64 /* at a time */

/** True if @name asks for the file on demand: idl/fprov.idl. */
bool view_wanted(const char *name);

/** True if @file can be mapped: it has a byte and begins with a page. */
bool view_possible(const struct file *file);

/** Answers with a dataspace that is @file. -L4_ENOMEM: too many. */
long view_open(struct ipc_call *call, const struct file *file, struct ipc_cap_out *dataspace);

/** Number of such dataspaces. */
unsigned view_count(void);
