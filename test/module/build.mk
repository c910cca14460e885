# SPDX-License-Identifier: BSD-2-Clause
# Each file but module.c is a program mod-NAME, all linked at the same address.
MODULE_TESTS := $(filter-out module,$(basename $(notdir $(wildcard test/module/*.c))))
define test_module
mod-$1_BASE := 0x400000
mod-$1_IDLS := root
$(call bare,mod-$1,test/module/start.S test/module/module.c test/module/$1.c,sigma0 ipc string)
endef
$(foreach t,$(MODULE_TESTS),$(eval $(call test_module,$t)))
