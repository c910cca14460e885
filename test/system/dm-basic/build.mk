# SPDX-License-Identifier: BSD-2-Clause
dm_client_CFLAGS := -Itest/unit
$(eval $(call server,dm_client,$(addprefix test/system/dm-basic/,client.c views.c fault.c),\
    dm dataspace names root books))
