# SPDX-License-Identifier: BSD-2-Clause
t_killer_IDLS := names loader loader_opening loader_control loader_task
t_killer_LIBS := ipc errors
t_victim_IDLS := names loader
t_victim_LIBS := ipc errors
$(eval $(call program,t_victim,test/system/kill-anywhere/t_victim.c,c loader))
$(eval $(call program,t_killer,test/system/kill-anywhere/t_killer.c test/system/kill-anywhere/dying.c test/system/opener.c,c loader))
