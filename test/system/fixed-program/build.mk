# SPDX-License-Identifier: BSD-2-Clause
FIXED := test/system/fixed-program
t_fixed_BASE := 0x400000
t_fixed_CFLAGS := -I. -DPLACE=0x400000
t_inway_BASE := 0x600000000000
t_inway_CFLAGS := -I. -DPLACE=0x600000000000
$(eval $(call program,t_fixed,$(FIXED)/t_fixed.c,demo1 demo2 c loader))
$(eval $(call program,t_inway,$(FIXED)/t_inway.c,demo1 demo2 c loader))
