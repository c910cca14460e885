# SPDX-License-Identifier: BSD-2-Clause
loader_LIBS := script sigma0
$(eval $(call server,loader,$(wildcard server/loader/*.c),\
    loader loader_opening loader_control loader_task loader_thread books exec exec_task ts ts_control names log fprov dm dataspace root))
