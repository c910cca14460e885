# SPDX-License-Identifier: BSD-2-Clause
ts_client_CFLAGS := -Itest/unit
$(eval $(call server,ts_client,test/system/ts-basic/client.c test/system/ts-basic/child.c,\
    ts ts_self ts_control names log root books))
