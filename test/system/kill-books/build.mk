# SPDX-License-Identifier: BSD-2-Clause
t_reaper_IDLS := names loader loader_opening loader_control loader_task dm
t_reaper_LIBS := ipc errors
$(eval $(call program,t_mortal,test/system/kill-books/t_mortal.c,c loader))
$(eval $(call program,t_reaper,test/system/kill-books/t_reaper.c test/system/opener.c,c loader))
