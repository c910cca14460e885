# SPDX-License-Identifier: BSD-2-Clause
# Bootstrap is linked as ELF64 (for the debugger) and turned into ELF32 (for multiboot loaders).

VARIANTS += boot
CFLAGS_boot = $(TARGET_FLAGS) -I. -ffreestanding -fno-pic -fno-pie -mno-red-zone -mgeneral-regs-only \
    -fno-tree-loop-distribute-patterns
BOOT_SRCS := boot/start.S boot/main.c boot/console.c boot/multiboot.c boot/regions.c boot/image.c \
    boot/kip.c boot/modinfo.c lib/string/string.c
BOOT_OBJS := $(call objs,boot,$(BOOT_SRCS))
ALL_OBJS += $(BOOT_OBJS)
ALL += $(O)/bin/bootstrap

$(O)/debug/bootstrap: $(BOOT_OBJS) boot/bootstrap.ld
	@mkdir -p $(@D)
	@echo "  LD bootstrap"
	@$(LD) -n -z max-page-size=4096 -z noexecstack --build-id=none --fatal-warnings --no-warn-rwx-segments \
	    -T boot/bootstrap.ld -o $@ $(BOOT_OBJS)
$(O)/bin/bootstrap: $(O)/debug/bootstrap
	@mkdir -p $(@D)
	@$(OBJCOPY) --strip-debug -O elf32-i386 $< $@

$(eval $(call host_test,boot_regions,test/unit/boot_regions.c boot/regions.c))
$(eval $(call host_test,boot_image,test/unit/boot_image.c boot/image.c boot/regions.c))
