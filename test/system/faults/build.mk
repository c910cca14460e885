# SPDX-License-Identifier: BSD-2-Clause
t_fault_CFLAGS := -fPIC -Wno-infinite-recursion
$(eval $(call shared,t_wild,test/system/faults/t_wild.c,c))
$(eval $(call program,t_fault,test/system/faults/t_fault.c,t_wild c loader))
$(eval $(call program,t_watch,test/system/faults/t_watch.c,c loader))
