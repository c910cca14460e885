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
void fpu_save(struct fpu *fpu);
void fpu_load(const struct fpu *fpu);
