# SPDX-License-Identifier: BSD-2-Clause
t_cost_IDLS := names loader exec
t_cost_LIBS := ipc errors
$(eval $(call program,t_cost,test/system/start-cost/t_cost.c,c loader))
