# SPDX-License-Identifier: BSD-2-Clause
t_disturb_IDLS := dm exec_task
t_disturb_LIBS := ipc errors
$(eval $(call program,t_disturb,test/system/link-disturbed/t_disturb.c,demo2 c loader))
