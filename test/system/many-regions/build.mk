# SPDX-License-Identifier: BSD-2-Clause
t_many_IDLS := dm
t_many_LIBS := ipc errors
$(eval $(call program,t_many,test/system/many-regions/t_many.c,c loader))
