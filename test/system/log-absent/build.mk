# SPDX-License-Identifier: BSD-2-Clause
$(eval $(call server,log_absent,test/system/log-absent/client.c,root))
