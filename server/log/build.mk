# SPDX-License-Identifier: BSD-2-Clause
LOG_LOGIC := $(addprefix server/log/,line.c sessions.c input.c)
$(eval $(call host_test,log_lines,test/unit/log_lines.c $(LOG_LOGIC) lib/server/rows.c))
$(eval $(call host_test,log_input,test/unit/log_input.c server/log/input.c server/log/line.c))
log_server_LIBS := ipc errors
log_server_IDLS := log log_session books
$(eval $(call host_test,log_server,test/unit/log_server.c test/unit/idl/kernel.c server/log/serve.c \
    $(LOG_LOGIC) lib/server/books.c lib/server/rows.c))
$(eval $(call server,log,server/log/main.c server/log/serve.c $(LOG_LOGIC),log log_session books))
