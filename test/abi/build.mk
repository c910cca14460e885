# SPDX-License-Identifier: BSD-2-Clause
# The conformance root task: third module in the place of roottask.
abi_BASE := 0x1400000
$(eval $(call bare,abi,$(sort $(wildcard test/abi/*.c)) test/abi/start.S,string))
