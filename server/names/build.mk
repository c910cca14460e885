# SPDX-License-Identifier: BSD-2-Clause
NAMES_LOGIC := server/names/table.c server/names/waiters.c
$(eval $(call host_test,names_table,test/unit/names_table.c $(NAMES_LOGIC)))
$(eval $(call server,names,server/names/main.c server/names/sessions.c $(NAMES_LOGIC),names books))
