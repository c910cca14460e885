/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

/** Capability slots of a task end before this index: its table of free slots is that large. */
#define TASK_SLOTS_END 0x2000
