# SPDX-License-Identifier: BSD-2-Clause
t_chief_LIBS := errors
$(eval $(call program,t_chief,test/system/chief/t_chief.c test/system/chief/node.c,c loader))
t_regent_IDLS := names loader loader_opening loader_control loader_task
t_regent_LIBS := ipc errors
$(eval $(call program,t_regent,test/system/chief/t_regent.c test/system/opener.c,c loader))
