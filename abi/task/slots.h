/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <l4/types.h>

/*
 * The capability slots of a task, the same for boot modules (made by roottask) and for native
 * tasks (made by the loader). Slots 1 to 10 are the kernel's customary ones (ABI 2.2).
 * "S": held with the S right. Nobody but the creator holds D (design rule 4).
 */
#define TASK_CAP(index)    ((l4_cap_t)(index) << L4_CAP_SHIFT) /* l4_cap() as a constant */

#define TASK_CAP_TASK      TASK_CAP(0x01) /* own task, S */
#define TASK_CAP_FACTORY   TASK_CAP(0x02) /* own factory with its own quota, S */
#define TASK_CAP_THREAD    TASK_CAP(0x03) /* main thread, S */
#define TASK_CAP_PAGER     TASK_CAP(0x04) /* boot module: roottask; native task: backing pager */
#define TASK_CAP_LOG       TASK_CAP(0x05) /* log session: vcon protocol */
#define TASK_CAP_ICU       TASK_CAP(0x06) /* interrupts: only where granted */
#define TASK_CAP_SCHEDULER TASK_CAP(0x07) /* scheduling within a priority cap */
#define TASK_CAP_EXCEPTION TASK_CAP(0x09) /* exception handler: never empty (design rule 14) */
#define TASK_CAP_DEBUGGER  TASK_CAP(0x0a) /* kernel debugger: names for dumps */

#define TASK_CAP_NAMES     TASK_CAP(0x10) /* session at NAMES; S only for servers */
#define TASK_CAP_DM        TASK_CAP(0x11) /* session at DM_PHYS */
#define TASK_CAP_TS        TASK_CAP(0x12) /* own entry at SIMPLE_TS (interface ts_self): exit */
#define TASK_CAP_FPROV     TASK_CAP(0x13) /* file provider */
#define TASK_CAP_EXEC      TASK_CAP(0x14) /* own entry at EXEC (interface exec_task): second link */
#define TASK_CAP_LOADER    TASK_CAP(0x15) /* own entry at LOADER (interface loader_task) */
#define TASK_CAP_RM        TASK_CAP(0x16) /* gate to the task's own region manager */
#define TASK_CAP_PLACEMENT TASK_CAP(0x17) /* dataspace of the placement table */
#define TASK_CAP_LOG_BASE  TASK_CAP(0x18) /* boot modules: base gate of LOG, to open sessions; S */
#define TASK_CAP_NAMES_BASE TASK_CAP(0x19) /* boot modules: base gate of NAMES, likewise */
#define TASK_CAP_SERVICE   TASK_CAP(0x1a) /* log, names: own gate, unbound, server right */
#define TASK_CAP_STACK     TASK_CAP(0x1b) /* dataspace of the main thread's stack */
#define TASK_CAP_KEPT      TASK_CAP(0x1c) /* dataspace of the memory at kept_start, or empty */

#define TASK_CAP_WRITTEN   TASK_CAP(0x40) /* dataspace with the written sections of the whole set */
#define TASK_CAP_OBJECTS   TASK_CAP(0x80) /* window: read-only dataspace of object i at 0x80+i */
#define TASK_OBJECTS_ORDER 7
#define TASK_OBJECTS_MAX   (1u << TASK_OBJECTS_ORDER)

#define TASK_CAP_FIRST_FREE TASK_CAP(0x100)
