# SPDX-License-Identifier: BSD-2-Clause
t_twin_CFLAGS := -I.
t_twin_IDLS := names loader dm
t_twin_LIBS := ipc errors
$(eval $(call program,t_twin,test/system/instances/t_twin.c,demo1 demo2 c loader))
