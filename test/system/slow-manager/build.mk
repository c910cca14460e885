# SPDX-License-Identifier: BSD-2-Clause
t_slow_IDLS := names dm dataspace
t_slow_LIBS := ipc errors
$(eval $(call program,t_slow,test/system/slow-manager/t_slow.c,c loader))
$(eval $(call server,sluggish,test/system/slow-manager/sluggish.c,dataspace names))
