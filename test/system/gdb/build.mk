# SPDX-License-Identifier: BSD-2-Clause
$(eval $(call program,t_gdb,test/system/gdb/t_gdb.c,c loader))
$(eval $(call host_test,l4_gdb,test/unit/l4_gdb.c))
