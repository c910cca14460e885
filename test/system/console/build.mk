# SPDX-License-Identifier: BSD-2-Clause
$(eval $(call program,t_input,test/system/console/t_input.c,c loader))
