# SPDX-License-Identifier: BSD-2-Clause
$(eval $(call server,meeting,test/system/between-tasks/meeting.c,names dm))
t_counter_IDLS := names
t_counter_LIBS := ipc errors
$(eval $(call program,t_counter,test/system/between-tasks/t_counter.c,c loader))
