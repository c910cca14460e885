# SPDX-License-Identifier: BSD-2-Clause
DM_CORE := $(addprefix server/dm_phys/,frames.c pool.c tree.c windows.c manager.c session.c \
    dataspace.c replace.c resize.c pages.c flexpages.c books.c)
DM_TESTS := $(patsubst test/unit/%.c,%,$(wildcard test/unit/dm_*.c))
dm_service_LIBS := errors ipc
dm_service_IDLS := dm dataspace
DM_EXTRA_dm_service := server/dm_phys/op_session.c server/dm_phys/op_dataspace.c \
    test/unit/idl/kernel.c
$(foreach t,$(DM_TESTS),\
    $(eval $(call host_test,$t,test/unit/$t.c $(DM_CORE) $(DM_EXTRA_$t))))

$(eval $(call server,dm_phys,$(DM_CORE) $(addprefix server/dm_phys/,main.c op_session.c \
    op_dataspace.c memory.c space.c),dm dataspace names root books))
