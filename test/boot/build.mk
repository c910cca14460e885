# SPDX-License-Identifier: BSD-2-Clause
# A stand-in for the kernel that checks what bootstrap hands over, and two programs to load.
check_kernel_OBJS := $(call objs,boot,test/boot/kernel.c boot/console.c lib/string/string.c)
ALL_OBJS += $(check_kernel_OBJS)
ALL += $(O)/bin/check_kernel
$(O)/bin/check_kernel: $(check_kernel_OBJS) test/boot/kernel.ld
	@mkdir -p $(@D)
	@echo "  LD check_kernel"
	@$(LD) -z max-page-size=4096 -z noexecstack --build-id=none --fatal-warnings \
	    -T test/boot/kernel.ld -o $@ $(check_kernel_OBJS)

check_sigma0_BASE := 0x1000000
check_sigma0_CFLAGS := -I.
check_sigma0_LDFLAGS := -u _start
check_roottask_BASE := 0x1400000
check_roottask_CFLAGS := -I.
check_plain_BASE := 0x400000
check_plain_CFLAGS := -I.
$(eval $(call bare,check_plain,test/boot/plain.S))
$(eval $(call bare,check_sigma0,test/boot/sigma0.S))
$(eval $(call bare,check_roottask,test/boot/roottask.S))
