# SPDX-License-Identifier: BSD-2-Clause
t_starts_IDLS := names loader dm
t_starts_LIBS := ipc errors
$(eval $(call program,t_true,test/system/many-starts/t_true.c,c loader))
$(eval $(call program,t_starts,test/system/many-starts/t_starts.c,c loader))
