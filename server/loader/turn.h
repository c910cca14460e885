/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

/*
 * The start workers take turns: one at a time runs, until it has to wait for somebody who may be
 * slow, a file provider or who calls one. All they share, the statics of their files too, belongs
 * to who is in. The service and the pager thread never come in.
 */

/** Makes it; errors of the kernel. */
long turn_init(void);

/** Waits until it is the caller's turn; and gives it up. */
void turn_enter(void);
void turn_leave(void);
