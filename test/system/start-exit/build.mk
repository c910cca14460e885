# SPDX-License-Identifier: BSD-2-Clause
t_exit_LIBS := errors
$(foreach p,t_start t_multi t_exit,\
    $(eval $(call program,$p,test/system/start-exit/$p.c,c loader)))
$(eval $(call program,t_bare,test/system/start-exit/t_bare.c,loader))
