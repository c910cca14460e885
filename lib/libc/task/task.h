/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
/** Between libc.so and libloader.so. */
#include <task/infopage.h>
#include <task/slots.h>

#include "libc/tls.h"

/**
 * Start-up function of libc.so, called by libloader.so in step 8 (doc/contracts.md 5): sets up TLS
 * and stdio, runs all constructors, calls @running, then multiboot_main or main, then exit().
 */
void __l4_libc_start(const struct task_infopage *info, void (*running)(void));
