# SPDX-License-Identifier: BSD-2-Clause
roottask_BASE := 0x1400000
roottask_IDLS := root
$(eval $(call bare,roottask,$(sort $(wildcard server/roottask/*.c)) \
    lib/script/lexer.c,\
    entry sigma0 elf ipc errors console string))
$(eval $(call host_test,root_stack,test/unit/root_stack.c server/roottask/arguments.c \
    server/roottask/stack.c))
$(eval $(call host_test,root_config,test/unit/root_config.c server/roottask/config.c \
    server/roottask/quota.c lib/script/lexer.c lib/string/format.c))
$(eval $(call host_test,root_ports,test/unit/root_ports.c server/roottask/ports.c))
$(eval $(call host_test,root_ram,test/unit/root_ram.c server/roottask/ram.c lib/sigma0/regions.c \
    lib/sigma0/map.c))
