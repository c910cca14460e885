/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

/** One line per thread: name, state, IPC partner, pager, ip. */
void dump_threads(void);

/** Sorted lines `books kernel kernel KIND COUNT KEPT`: objects, pages of slabs, frames. */
void dump_books(void);
