# SPDX-License-Identifier: BSD-2-Clause
$(eval $(call program,t_indirect,test/system/not-supported/t_indirect.c,c loader))
