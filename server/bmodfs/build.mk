# SPDX-License-Identifier: BSD-2-Clause
BMODFS_LOGIC := server/bmodfs/files.c
$(eval $(call host_test,bmodfs_files,test/unit/bmodfs_files.c $(BMODFS_LOGIC)))
