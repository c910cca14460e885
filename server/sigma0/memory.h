/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <l4/kip.h>
#include "sigma0/protocol.h"

/*
 * Physical memory and its owners. A page belongs to the first client that asks, for ever (ABI 9).
 */

/** Builds the memory map from the kernel info page at @kip. False: it has too many regions. */
bool memory_init(const struct l4_kip *kip);

/** A page fault of @client: one page of RAM that is free or its own, if its rights suffice. */
struct sigma0_answer memory_fault(uint32_t client, const struct sigma0_request *request);

/** RAM at an address. */
struct sigma0_answer memory_ram(uint32_t client, const struct sigma0_request *request);

/** Any free RAM of an order. */
struct sigma0_answer memory_any(uint32_t client, const struct sigma0_request *request);

/** Memory that is no RAM; several clients may have the same. */
struct sigma0_answer memory_iomem(const struct sigma0_request *request);

/** Bytes of RAM, and how many of them are free. */
uint64_t memory_total(void);
uint64_t memory_free(void);

/** Prints a line for each owner, and the sum. */
void memory_dump(void);
