# SPDX-License-Identifier: BSD-2-Clause
client_dies_LIBS := sigma0
$(eval $(call server,client_dies,test/system/client-dies/client_dies.c \
    test/system/fuzz-ipc/servers.c,books exec fprov loader root ts))
