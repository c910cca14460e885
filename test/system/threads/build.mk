# SPDX-License-Identifier: BSD-2-Clause
t_thread_IDLS := names loader loader_opening loader_control loader_task dm
t_thread_LIBS := ipc errors
$(eval $(call program,t_thread,test/system/threads/t_thread.c test/system/opener.c,c loader))
