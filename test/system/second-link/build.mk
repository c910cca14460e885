# SPDX-License-Identifier: BSD-2-Clause
t_moved_CFLAGS := -fPIC
$(eval $(call shared,t_far,test/system/second-link/t_far.c,c))
$(eval $(call program,t_moved,test/system/second-link/t_moved.c,t_far c loader))
