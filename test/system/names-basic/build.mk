# SPDX-License-Identifier: BSD-2-Clause
$(eval $(call server,names_partner,test/system/names-basic/partner.c,names))
names_client_CFLAGS := -Itest/unit
$(eval $(call server,names_client,test/system/names-basic/client.c,names root books))
