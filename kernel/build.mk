# SPDX-License-Identifier: BSD-2-Clause
# The kernel: ELF64 with symbols, loaded by bootstrap to its physical addresses.
VARIANTS += kernel
CFLAGS_kernel = -std=gnu11 -O2 -g $(WARN) -Iabi -Ikernel -ffreestanding -fno-stack-protector \
    -fno-pic -fno-pie -mcmodel=kernel -mno-red-zone -mgeneral-regs-only \
    -fno-asynchronous-unwind-tables -fcf-protection=none -fno-common -fno-strict-aliasing

kernel_OBJS := $(call objs,kernel,$(sort $(wildcard kernel/*.c kernel/x86_64/*.c \
    kernel/x86_64/*.S)))
ALL_OBJS += $(kernel_OBJS)
ALL += $(O)/bin/kernel

$(O)/bin/kernel: $(kernel_OBJS) kernel/x86_64/kernel.ld
	@mkdir -p $(@D)
	@echo "  LD kernel"
	@$(LD) -n -z max-page-size=4096 -z noexecstack --build-id=none --fatal-warnings \
	    -T kernel/x86_64/kernel.ld -o $@ $(kernel_OBJS)
