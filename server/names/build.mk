# SPDX-License-Identifier: BSD-2-Clause
NAMES_LOGIC := $(addprefix server/names/,table.c waiters.c sessions.c)
$(eval $(call host_test,names_table,test/unit/names_table.c server/names/table.c \
    server/names/waiters.c))
names_server_LIBS := ipc errors
names_server_IDLS := names books
$(eval $(call host_test,names_server,test/unit/names_server.c test/unit/idl/kernel.c $(NAMES_LOGIC) \
    lib/server/books.c lib/server/rows.c))
$(eval $(call server,names,server/names/main.c $(NAMES_LOGIC),names books))
