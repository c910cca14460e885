# SPDX-License-Identifier: BSD-2-Clause
$(eval $(call program,t_trap,test/system/no-debugger/t_trap.c,c loader))
