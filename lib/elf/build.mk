# SPDX-License-Identifier: BSD-2-Clause
ELF_TESTS := $(patsubst test/unit/%.c,%,$(wildcard test/unit/elf_*.c))
$(foreach t,$(ELF_TESTS),\
    $(eval $t_LIBS := elf errors) \
    $(eval $(call host_test,$t,test/unit/$t.c)))
