# SPDX-License-Identifier: BSD-2-Clause
t_pager_IDLS := rm ts_self
t_pager_LIBS := ipc errors
$(eval $(call program,t_pager,test/system/backing-pager/t_pager.c,c loader))
