# SPDX-License-Identifier: BSD-2-Clause
$(eval $(call server,mortal,test/system/server-dies/mortal.c,fprov root))
dies_client_CFLAGS := -Itest/unit
$(eval $(call server,dies_client,$(addprefix test/system/server-dies/,client.c call.c),\
    books dm exec fprov loader log_session names root ts ts_control))
