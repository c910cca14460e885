# SPDX-License-Identifier: BSD-2-Clause
ipc_guest_BASE := 0x2000000
ipc_guest_IDLS := sample sample_base
ipc_guest_CFLAGS := -Itest/abi
$(eval $(call bare,ipc_guest,test/ipc/server.c test/ipc/client.c test/abi/main.c test/abi/harness.c \
    test/abi/start.S,ipc string))
