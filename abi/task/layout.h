/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

/*
 * The address map of a task. Ranges half open.
 *
 * Boot module (static server, made by roottask):
 *   0x400000              program (link address)
 *   SERVER_AREA           dataspaces it maps for itself
 *   SERVER_STACK_TOP      initial stack, below it SERVER_STACK_SIZE bytes
 *   KIP, UTCBs as below
 *
 * Native task (made by the loader):
 *   below 64 KiB          never mapped
 *   0x400000 ...          program linked at a fixed address
 *   TASK_OBJECTS_AREA     where exec places position-independent objects, once per boot
 *   TASK_ANY_AREA         where the region manager places what asks for no address
 *   TASK_LOADER_LIB       libloader.so, or TASK_LOADER_LIB2 if a fixed program is in the way
 *   TASK_INFOPAGE ...     the rest
 */
#define TASK_SERVER_AREA       0x0000100000000000ul
#define TASK_SERVER_AREA_END   0x0000200000000000ul

#define TASK_OBJECTS_AREA      0x0000200000000000ul
#define TASK_OBJECTS_AREA_END  0x0000300000000000ul
#define TASK_ANY_AREA          0x0000300000000000ul
#define TASK_ANY_AREA_END      0x0000400000000000ul

#define TASK_LOADER_LIB        0x0000600000000000ul
#define TASK_LOADER_LIB2       0x0000500000000000ul

#define TASK_INFOPAGE          0x0000700000000000ul /* read only, up to TASK_INFOPAGE_SIZE */
#define TASK_INFOPAGE_SIZE     0x0000000000010000ul
#define TASK_PLACEMENT         0x0000700000100000ul /* the task's own placement table, one page */
#define TASK_KIP               0x0000700000200000ul
#define TASK_UTCBS             0x0000700000300000ul /* kernel-user memory */
#define TASK_UTCBS_ORDER       14                   /* 16 UTCBs at start; more by add ku_mem */
#define TASK_STACK_TOP         0x0000700001000000ul /* main thread */
#define TASK_STACK_SIZE        0x0000000000020000ul /* default */
#define TASK_STACK_MAX         0x0000000000c00000ul /* what lies below stays clear of it */

#define SERVER_STACK_TOP       0x0000700001000000ul
#define SERVER_STACK_SIZE      0x0000000000010000ul
#define SERVER_MODULES         0x0000700002000000ul /* bmodfs: struct l4_mod_info, read only */
