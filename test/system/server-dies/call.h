/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <stdbool.h>
#include <stdint.h>

/*
 * Calls that are outstanding: made by threads of their own, which say what came of them and when.
 */

enum { CALLS = 6 };

/**
 * Begins @make in a thread of its own: the call to be watched, its result. Ends the test if it
 * cannot.
 */
struct call *call_begin(long (*make)(void));

/** True if the call is still waiting. */
bool call_waits(const struct call *call);

/** Waits until it has ended, at most @seconds; its result, 1 if it still waits. */
long call_end(const struct call *call, unsigned seconds);
