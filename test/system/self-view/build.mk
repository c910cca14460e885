# SPDX-License-Identifier: BSD-2-Clause
t_self_IDLS := names loader dm
t_self_LIBS := ipc errors
$(eval $(call program,t_self,test/system/self-view/t_self.c,c loader))
