# SPDX-License-Identifier: BSD-2-Clause
loader_LIBS := script sigma0
$(eval $(call server,loader,$(wildcard server/loader/*.c),\
    loader loader_opening loader_control loader_task loader_thread books exec exec_task ts ts_control names log fprov dm dataspace root))
loader_account_LIBS := errors
$(eval $(call host_test,loader_account,test/unit/loader_account.c server/loader/account.c))
