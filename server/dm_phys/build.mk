# SPDX-License-Identifier: BSD-2-Clause
DM_CORE := $(addprefix server/dm_phys/,frames.c pool.c tree.c windows.c manager.c session.c \
    dataspace.c pages.c)
DM_TESTS := $(patsubst test/unit/%.c,%,$(wildcard test/unit/dm_*.c))
$(foreach t,$(DM_TESTS),$(eval $(call host_test,$t,test/unit/$t.c $(DM_CORE))))
