# SPDX-License-Identifier: BSD-2-Clause
$(eval $(call server,hello-arguments,test/system/module-arguments/arguments.c,root))
