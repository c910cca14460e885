# SPDX-License-Identifier: BSD-2-Clause
$(eval $(call program,t_hang,test/system/hanging/t_hang.c,c loader))
