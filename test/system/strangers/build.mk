# SPDX-License-Identifier: BSD-2-Clause
t_strange_IDLS := names loader loader_opening loader_control loader_task ts_control
t_strange_LIBS := ipc errors
$(eval $(call program,t_strange,test/system/strangers/t_strange.c,c loader))
