# SPDX-License-Identifier: BSD-2-Clause
$(eval $(call program,t_busy,test/system/console-lines/t_busy.c,c loader))
