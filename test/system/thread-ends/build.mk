# SPDX-License-Identifier: BSD-2-Clause
t_ends_LIBS := errors
$(eval $(call program,t_ends,test/system/thread-ends/t_ends.c test/system/thread-ends/t_order.c,c loader))
