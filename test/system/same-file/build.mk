# SPDX-License-Identifier: BSD-2-Clause
t_same_IDLS := names dm exec loader loader_opening loader_control
t_same_LIBS := ipc errors
$(eval $(call program,t_same,test/system/same-file/t_same.c,c loader))
