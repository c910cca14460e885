# SPDX-License-Identifier: BSD-2-Clause
t_crowd_IDLS := names loader loader_opening loader_control loader_task
t_crowd_LIBS := ipc errors
$(eval $(call program,t_crowd,test/system/crowd/t_crowd.c test/system/opener.c,c loader))
