# SPDX-License-Identifier: BSD-2-Clause
exec_LIBS := elf
$(eval $(call server,exec,$(wildcard server/exec/*.c),exec exec_task books fprov dm dataspace root))
exec_addresses_LIBS := elf errors
$(eval $(call host_test,exec_addresses,test/unit/exec_addresses.c server/exec/addresses.c))
