# SPDX-License-Identifier: BSD-2-Clause
# The example of doc/howto-server.md, and a program that asks it as doc/howto-program.md says.
$(O)/gen/idl/counter.h $(O)/gen/idl/counter_client.c $(O)/gen/idl/counter_server.c &: \
    test/system/counter/counter.idl $(O)/host/idl
	@mkdir -p $(@D)
	@$(O)/host/idl $< $(O)/gen/idl
$(eval $(call server,counter,test/system/counter/main.c,counter))
$(counter_OBJS): | $(O)/gen/idl/counter.h
asker_IDLS := names loader counter
asker_LIBS := ipc errors
$(eval $(call program,asker,test/system/counter/asker.c,c loader))
