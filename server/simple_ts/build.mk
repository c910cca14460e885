# SPDX-License-Identifier: BSD-2-Clause
TS_LOGIC := server/simple_ts/tasks.c server/simple_ts/schedule.c
$(eval $(call host_test,ts_tasks,test/unit/ts_tasks.c $(TS_LOGIC) lib/server/rows.c))
TS_SOURCES := $(addprefix server/simple_ts/,main.c create.c gates.c kernel.c)
$(eval $(call server,simple_ts,$(TS_SOURCES) $(TS_LOGIC),ts ts_self ts_control names books))
