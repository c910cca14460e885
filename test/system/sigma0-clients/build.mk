# SPDX-License-Identifier: BSD-2-Clause
sigma0-clients_BASE := 0x1400000
$(eval $(call bare,sigma0-clients,test/system/sigma0-clients/main.c,\
    entry sigma0 string))
