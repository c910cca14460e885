# SPDX-License-Identifier: BSD-2-Clause
BAD := test/system/bad-programs
libt_undef1_LDFLAGS := -z undefs
libt_undef2_LDFLAGS := -z undefs
$(eval $(call shared,t_gone1,$(BAD)/t_gone1.c,c))
$(eval $(call shared,t_gone2,$(BAD)/t_gone2.c,c))
$(eval $(call program,t_gone,$(BAD)/t_gone.c,t_gone1 t_gone2 c loader))
t_undef_LDFLAGS := --unresolved-symbols=ignore-in-shared-libs
$(eval $(call shared,t_undef1,$(BAD)/t_undef1.c,c))
$(eval $(call shared,t_undef2,$(BAD)/t_undef2.c,c))
$(eval $(call program,t_undef,$(BAD)/t_undef.c,t_undef1 t_undef2 c loader))
