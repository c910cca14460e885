# SPDX-License-Identifier: BSD-2-Clause
t_stats_IDLS := names exec loader
t_stats_LIBS := ipc errors
$(eval $(call program,t_stats,test/system/library-once/t_stats.c,c loader))
