# SPDX-License-Identifier: BSD-2-Clause
t_ages_IDLS := names exec loader loader_task dm
t_ages_LIBS := ipc errors
$(eval $(call program,t_ages,test/system/cache-ages/t_ages.c,c loader))
