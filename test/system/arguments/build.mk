# SPDX-License-Identifier: BSD-2-Clause
$(eval $(call program,t_args,test/system/arguments/t_args.c,c loader))
