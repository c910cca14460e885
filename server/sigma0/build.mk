# SPDX-License-Identifier: BSD-2-Clause
sigma0_BASE := 0x1000000
$(eval $(call bare,sigma0,$(sort $(wildcard server/sigma0/*.c)),entry sigma0 console string))
