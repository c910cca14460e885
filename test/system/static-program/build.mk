# SPDX-License-Identifier: BSD-2-Clause
$(eval $(call program_static,t_static,test/system/static-program/t_static.c))
