# SPDX-License-Identifier: BSD-2-Clause
# The files lie at their physical addresses: the program itself stays out of their way.
bmodfs_BASE := 0x70000000
BMODFS_LOGIC := server/bmodfs/files.c server/bmodfs/transfers.c
BMODFS_SOURCES := $(addprefix server/bmodfs/,main.c open.c copier.c)
$(eval $(call host_test,bmodfs_files,test/unit/bmodfs_files.c $(BMODFS_LOGIC)))
$(eval $(call server,bmodfs,$(BMODFS_SOURCES) $(BMODFS_LOGIC),fprov dm dataspace names books))
