# SPDX-License-Identifier: BSD-2-Clause
TS_LOGIC := $(addprefix server/simple_ts/,tasks.c schedule.c)
TS_SERVER := $(addprefix server/simple_ts/,create.c gates.c)
$(eval $(call host_test,ts_tasks,test/unit/ts_tasks.c $(TS_LOGIC) lib/server/rows.c))
ts_server_LIBS := ipc errors
ts_server_IDLS := ts ts_self ts_control books
$(eval $(call host_test,ts_server,test/unit/ts_server.c test/unit/idl/kernel.c $(TS_LOGIC) \
    $(TS_SERVER) lib/server/books.c lib/server/rows.c))
$(eval $(call server,simple_ts,$(addprefix server/simple_ts/,main.c kernel.c) $(TS_SERVER) \
    $(TS_LOGIC),ts ts_self ts_control names books))
