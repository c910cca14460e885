# SPDX-License-Identifier: BSD-2-Clause
# The kernel: ELF64 with symbols, loaded by bootstrap to its physical addresses. Link-time
# optimisation, because the IPC path goes through many small functions of several files. No function
# preserves registers for its caller: entry.S has stored the user's, and most handlers never return
# to a caller that has something to keep. Nothing is aligned: that alone was 2 KB of text.
VARIANTS += kernel
CFLAGS_kernel = -std=gnu11 -O2 -g $(WARN) -Iabi -Ikernel -ffreestanding -fno-stack-protector \
    -fno-pic -fno-pie -mcmodel=kernel -mno-red-zone -mgeneral-regs-only \
    -fno-asynchronous-unwind-tables -fcf-protection=none -fno-common -fno-strict-aliasing \
    -flto -flto-partition=one $(addprefix -fcall-used-,rbx r12 r13 r14 r15) -ffixed-rbp \
    $(foreach part,functions jumps loops labels,-falign-$(part)=1)

kernel_OBJS := $(call objs,kernel,$(sort $(wildcard kernel/*.c kernel/x86_64/*.c \
    kernel/x86_64/*.S)))
ALL_OBJS += $(kernel_OBJS)
# What does not run in the normal course, or only once, is small rather than fast. (Not gate.c and
# reply.c: 9 instructions of an IPC round trip.)
kernel_SMALL := $(addprefix kernel/,audit*.c debugger*.c dump.c kip.c log.c main.c panic.c print.c \
    exception.c factory.c icu.c io_space.c ipc.c irq.c map_item.c object.c semaphore.c task.c \
    thread_end.c thread_ops.c timeout.c trampoline.c transfer.c vcpu.c work.c x86_64/cpu.c \
    x86_64/pic.c x86_64/serial.c)
$(call objs,kernel,$(wildcard $(kernel_SMALL))): CFLAGS_kernel += -Os
ALL += $(O)/bin/kernel

$(O)/bin/kernel: $(kernel_OBJS) kernel/x86_64/kernel.ld
	@mkdir -p $(@D)
	@echo "  LD kernel"
	@$(CC) $(CFLAGS_kernel) -nostdlib -static -Wl,-n,-z,max-page-size=4096,-z,noexecstack \
	    -Wl,--build-id=none,--fatal-warnings -T kernel/x86_64/kernel.ld -o $@ $(kernel_OBJS)

# Parts of the kernel on the host, over stubs. -iquote: <string.h> shall be the host's.
kernel_mapping_CFLAGS := -iquote kernel -iquote test/unit
# The end of a list is no thread, and not aligned like one.
kernel_ipc_CFLAGS := $(kernel_mapping_CFLAGS) -fno-sanitize=alignment
$(eval $(call host_test,kernel_mapping,test/unit/kernel_mapping.c $(addprefix kernel/, \
    mapping.c quota.c slab.c)))
$(eval $(call host_test,kernel_ipc,test/unit/kernel_ipc.c $(addprefix kernel/, \
    ipc.c ipc_fast.c reply.c scheduler.c quota.c slab.c)))
