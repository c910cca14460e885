# SPDX-License-Identifier: BSD-2-Clause
tftp_client_CFLAGS := -Itest/unit -Itest/system
tftp_client_LIBS := sigma0
$(eval $(call server,tftp_client,test/system/tftp-files/client.c $(addprefix test/system/,provider.c hostile.c),\
    fprov dm dataspace names root books))
