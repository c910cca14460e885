# SPDX-License-Identifier: BSD-2-Clause
LOG_LOGIC := server/log/line.c server/log/sessions.c
$(eval $(call host_test,log_lines,test/unit/log_lines.c $(LOG_LOGIC) lib/server/rows.c))
$(eval $(call server,log,server/log/main.c $(LOG_LOGIC),log books))
