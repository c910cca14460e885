/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include "types.h"

/** x87, SSE and AVX state in the standard xsave layout (or fxsave's, its first 512 bytes). */
struct fpu {
    uint8_t legacy[512], header[64], avx[256];
} __attribute__((aligned(64)));

void fpu_init_cpu(void);
/** The state a new thread starts with. */
void fpu_init(struct fpu *fpu);
/** Saves the CPU's state to @old and loads that of @new. */
void fpu_switch(struct fpu *old, const struct fpu *new);
