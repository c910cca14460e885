# SPDX-License-Identifier: BSD-2-Clause
t_share_IDLS := names loader loader_opening loader_control loader_task
t_share_LIBS := ipc errors
$(eval $(call program,t_share,test/system/loader-share/t_share.c test/system/opener.c,c loader))
