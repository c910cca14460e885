# SPDX-License-Identifier: BSD-2-Clause
broken-sigma0_BASE := 0x1000000
$(eval $(call bare,broken-sigma0,test/system/kernel-debugger-panic/broken.S,))
