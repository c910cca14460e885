# SPDX-License-Identifier: BSD-2-Clause
t_thread_LIBS := errors
$(eval $(call program,t_thread,test/system/threads/t_thread.c,c loader))
