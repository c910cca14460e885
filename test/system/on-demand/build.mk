# SPDX-License-Identifier: BSD-2-Clause
t_demand_IDLS := names exec loader fprov dm
t_demand_LIBS := ipc errors
$(eval $(call program,t_demand,test/system/on-demand/t_demand.c,c loader))
$(eval $(call server,strange,test/system/on-demand/provider.c,fprov names))
