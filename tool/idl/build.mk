# SPDX-License-Identifier: BSD-2-Clause
# The IDL compiler. rules.mk runs it for each idl/*.idl.
$(eval $(call host_tool,idl,$(addprefix tool/idl/,main.c check.c emit.c emit_header.c \
    emit_client.c emit_server.c parser.y lexer.l)))

$(idl_OBJS): | $(O)/gen/tool/idl/parser.y.h
