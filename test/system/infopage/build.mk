# SPDX-License-Identifier: BSD-2-Clause
$(eval $(call program,t_info,test/system/infopage/t_info.c,c loader))
