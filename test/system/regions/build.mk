# SPDX-License-Identifier: BSD-2-Clause
t_region_IDLS := dm
t_region_LIBS := ipc errors
$(eval $(call program,t_region,test/system/regions/t_region.c,c loader))
