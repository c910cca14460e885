# SPDX-License-Identifier: BSD-2-Clause
fuzz_rights_LIBS := sigma0
$(eval $(call server,fuzz_rights,test/system/fuzz-rights/fuzz_rights.c test/system/fuzz-ipc/servers.c \
    $(FUZZ_SRCS),books fprov loader root))
