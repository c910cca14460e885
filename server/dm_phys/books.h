/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include "manager.h"

/**
 * Lists what the manager holds and for whom (doc/contracts.md section 4), sorted: calls
 * @line(@data, text) for each line `books dm_phys CLIENT KIND COUNT CACHED`. Sessions of the
 * same name are one client; the manager's own frames are those of client dm_phys, their CACHED
 * column the free ones.
 */
void books_list(const struct manager *manager, void (*line)(void *data, const char *text),
                void *data);
