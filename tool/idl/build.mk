# SPDX-License-Identifier: BSD-2-Clause
# The IDL compiler. rules.mk runs it for each idl/*.idl.
$(eval $(call host_tool,idl,$(addprefix tool/idl/,main.c check.c emit.c emit_header.c \
    emit_client.c emit_server.c emit_describe.c parser.y lexer.l)))

$(idl_OBJS): | $(O)/gen/tool/idl/parser.y.h

# All interfaces as tables (lib/ipc/describe.h).
$(O)/gen/idl/describe.c: $(sort $(wildcard idl/*.idl)) $(O)/host/idl
	@mkdir -p $(@D)
	@$(O)/host/idl --describe $@ $(filter %.idl,$^)
$(O)/gen/idl/describe.c: | $(patsubst idl/%.idl,$(O)/gen/idl/%.h,$(wildcard idl/*.idl))
$(eval $(call host_test,describe,test/unit/describe.c $(O)/gen/idl/describe.c))
$(describe_OBJS): | $(O)/gen/idl/describe.c

# Tests of the compiler and of lib/ipc: test/unit/idl_*.c, on the interfaces in test/unit/idl/.
define idl_sample
$(O)/gen/idl/$1.h $(O)/gen/idl/$1_client.c $(O)/gen/idl/$1_server.c &: test/unit/idl/$1.idl \
    test/unit/idl/sample_base.idl $(O)/host/idl
	@mkdir -p $$(@D)
	$(O)/host/idl $$< $(O)/gen/idl
endef
$(foreach i,sample sample_base,$(eval $(call idl_sample,$i)))
$(O)/gen/idl/sample.h: | $(O)/gen/idl/sample_base.h

IDL_TESTS := $(patsubst test/unit/%.c,%,$(wildcard test/unit/idl_*.c))
$(foreach t,$(IDL_TESTS),\
    $(eval $t_LIBS := ipc) \
    $(eval $t_IDLS := sample sample_base) \
    $(eval $t_CFLAGS := -DIDL_COMPILER='"$(O)/host/idl"') \
    $(eval $(call host_test,$t,test/unit/$t.c test/unit/idl/kernel.c test/unit/idl/server.c)))
$(O)/host/idl_errors: $(O)/host/idl
