# SPDX-License-Identifier: BSD-2-Clause
t_many_IDLS := names loader dm
t_many_LIBS := ipc errors
$(eval $(call program,t_true,test/system/many-starts/t_true.c,c loader))
$(eval $(call program,t_many,test/system/many-starts/t_many.c,c loader))
