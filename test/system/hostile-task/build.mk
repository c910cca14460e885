# SPDX-License-Identifier: BSD-2-Clause
t_hostile_IDLS := names dm exec_task ts root
t_hostile_LIBS := ipc errors
$(eval $(call program,t_hostile,test/system/hostile-task/t_hostile.c,c loader))
