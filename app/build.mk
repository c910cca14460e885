# SPDX-License-Identifier: BSD-2-Clause
$(eval $(call shared,demo2,app/demo2.c,c))
$(eval $(call shared,demo1,app/demo1.c,demo2 c))
# Library data is used where it is: no copy in the program.
hello_CFLAGS := -fPIC
clock_CFLAGS := -fPIC
$(eval $(call program,hello,app/hello.c app/tour.c,demo1 demo2 c loader))
$(eval $(call program,clock,app/clock.c app/tour.c,demo1 demo2 c loader))
$(eval $(call data,default.cfg,app/demo.cfg))
$(eval $(call data,shell.cfg,app/shell.cfg))
