# SPDX-License-Identifier: BSD-2-Clause
t_evict_IDLS := names exec loader
t_evict_LIBS := ipc errors
$(eval $(call program,t_evict,test/system/cache-memory/t_evict.c,c loader))
$(eval $(call program,t_bulk,test/system/cache-memory/t_bulk.c,c))
