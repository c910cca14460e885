# SPDX-License-Identifier: BSD-2-Clause
loader_LIBS := script
$(eval $(call server,loader,$(wildcard server/loader/*.c),\
    loader loader_task loader_thread exec ts ts_control names log fprov dm dataspace root))
