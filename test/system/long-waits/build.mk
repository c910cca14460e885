# SPDX-License-Identifier: BSD-2-Clause
t_long_IDLS := names
t_long_LIBS := ipc errors
$(eval $(call program,t_long,test/system/long-waits/t_long.c,c loader))
