# SPDX-License-Identifier: BSD-2-Clause
$(eval $(call program,t_twofault,test/system/two-faults/t_twofault.c,c loader))
