# SPDX-License-Identifier: BSD-2-Clause
exec_LIBS := elf
$(eval $(call server,exec,$(wildcard server/exec/*.c),exec exec_task books fprov dm dataspace))
