# SPDX-License-Identifier: BSD-2-Clause
$(eval $(call server,log_writer,test/system/log-lines/writer.c,names))
log_client_CFLAGS := -Itest/unit
$(eval $(call server,log_client,test/system/log-lines/client.c,names log root books))
