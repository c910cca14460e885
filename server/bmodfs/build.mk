# SPDX-License-Identifier: BSD-2-Clause
# The files lie at their physical addresses: the program itself stays out of their way.
bmodfs_BASE := 0x70000000
BMODFS_LOGIC := $(addprefix server/bmodfs/,files.c transfers.c open.c view.c)
$(eval $(call host_test,bmodfs_files,test/unit/bmodfs_files.c server/bmodfs/files.c))
bmodfs_server_LIBS := ipc errors
bmodfs_server_IDLS := fprov dataspace books
$(eval $(call host_test,bmodfs_server,test/unit/bmodfs_server.c test/unit/idl/kernel.c \
    $(BMODFS_LOGIC) lib/server/books.c lib/server/rows.c))
$(eval $(call server,bmodfs,$(addprefix server/bmodfs/,main.c copier.c) $(BMODFS_LOGIC),\
    fprov dm dataspace names books))
