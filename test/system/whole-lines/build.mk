# SPDX-License-Identifier: BSD-2-Clause
$(eval $(call program,t_lines,test/system/whole-lines/t_lines.c,c loader))
