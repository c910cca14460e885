# SPDX-License-Identifier: BSD-2-Clause
$(eval $(call host_test,sigma0_protocol,test/unit/sigma0_protocol.c lib/sigma0/protocol.c))
$(eval $(call host_test,sigma0_regions,test/unit/sigma0_regions.c lib/sigma0/regions.c lib/sigma0/map.c))
