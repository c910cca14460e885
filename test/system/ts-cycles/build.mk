# SPDX-License-Identifier: BSD-2-Clause
ts_cycles_CFLAGS := -Itest/unit
ts_cycles_LIBS := sigma0
$(eval $(call server,ts_cycles,test/system/ts-cycles/client.c test/system/ts-cycles/probe.c \
    test/system/ts-basic/child.c test/system/fuzz-ipc/servers.c,\
    ts ts_self ts_control names log root books dm fprov loader))
