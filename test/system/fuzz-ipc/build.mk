# SPDX-License-Identifier: BSD-2-Clause
# Random messages made from the description of all interfaces.
FUZZ := test/system/fuzz-ipc
FUZZ_SRCS := $(addprefix $(FUZZ)/,message.c values.c pool.c) $(O)/gen/idl/describe.c
t_fuzz_IDLS := names
t_fuzz_LIBS := ipc errors
t_fuzzer_IDLS := names dm fprov loader loader_opening loader_control loader_task
t_fuzzer_LIBS := ipc errors
$(eval $(call program,t_fuzz,$(FUZZ)/t_fuzz.c $(FUZZ_SRCS),c loader))
$(eval $(call program,t_fuzzer,$(FUZZ)/t_fuzzer.c test/system/opener.c,c loader))
