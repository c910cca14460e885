# SPDX-License-Identifier: BSD-2-Clause
# The example of doc/howto-program.md and doc/howto-test.md: unit/manual compares.
greet_CFLAGS := -I.
libtone_CFLAGS := -I.
greet_IDLS := names loader
greet_LIBS := ipc errors
$(eval $(call shared,tone,test/system/greet/tone.c,c))
$(eval $(call program,greet,test/system/greet/greet.c,tone c loader))
$(eval $(call host_test,unit_greet,test/system/greet/unit.c test/system/greet/tone.c))
manual_CFLAGS = -DROOT='"$(CURDIR)/"'
$(eval $(call host_test,manual,test/unit/manual.c))
