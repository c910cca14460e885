/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

/** M02: who waits at a semaphore is released in the order of priorities. */
void check_order(void);

/** M04: locks; and the C library's mutex between threads of lib/thread. */
void check_locks(void);
