# SPDX-License-Identifier: BSD-2-Clause
t_ask_IDLS := names loader dm dataspace fprov
t_ask_LIBS := ipc errors
$(eval $(call program,t_ask,test/system/services/t_ask.c,c loader))
