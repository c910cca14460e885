# SPDX-License-Identifier: BSD-2-Clause
$(eval $(call server,dm_victim,test/system/dm-death/victim.c,dm dataspace names))
$(eval $(call server,dm_witness,test/system/dm-death/witness.c,dm names root books))
