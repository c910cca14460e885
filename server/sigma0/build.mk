# SPDX-License-Identifier: BSD-2-Clause
sigma0_BASE := 0x1000000
$(eval $(call bare,sigma0,server/sigma0/start.S $(sort $(wildcard server/sigma0/*.c)),sigma0 console string))
