# SPDX-License-Identifier: BSD-2-Clause
# The system-call fuzzer: a root task, with the harness of test/abi.
kfuzz_BASE := 0x1400000
$(eval $(call bare,kfuzz,$(sort $(wildcard test/kfuzz/*.c)) test/abi/harness.c test/abi/start.S,string))
