# SPDX-License-Identifier: BSD-2-Clause
t_bss_IDLS := names dm loader loader_opening loader_control
t_bss_LIBS := ipc errors
$(eval $(call program,t_bss,test/system/big-bss/t_bss.c,c loader))
$(eval $(call program,t_bss60,test/system/big-bss/t_bss60.c,c loader))
$(eval $(call program,t_bss200,test/system/big-bss/t_bss200.c,c loader))
