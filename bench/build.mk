# SPDX-License-Identifier: BSD-2-Clause
# A root task that measures the kernel: third module in the place of roottask.
bench_kernel_BASE := 0x1400000
bench_kernel_IDLS := sample sample_base
bench_kernel_CFLAGS := -Itest/abi
$(eval $(call bare,bench_kernel,$(sort $(wildcard bench/kernel/*.c)) test/abi/harness.c \
    test/abi/start.S,ipc string console sigma0))
