# SPDX-License-Identifier: BSD-2-Clause
TS_LOGIC := server/simple_ts/tasks.c server/simple_ts/schedule.c
$(eval $(call host_test,ts_tasks,test/unit/ts_tasks.c $(TS_LOGIC) lib/server/rows.c))
