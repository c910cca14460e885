# SPDX-License-Identifier: BSD-2-Clause
bmodfs_client_CFLAGS := -Itest/unit
$(eval $(call server,bmodfs_client,$(addprefix test/system/bmodfs-files/,client.c hostile.c),\
    fprov dm dataspace names root books))
