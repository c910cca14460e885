# SPDX-License-Identifier: BSD-2-Clause
bmodfs_client_CFLAGS := -Itest/unit -Itest/system
$(eval $(call server,bmodfs_client,test/system/bmodfs-files/client.c $(addprefix test/system/,provider.c hostile.c),\
    fprov dm dataspace names root books))
