# SPDX-License-Identifier: BSD-2-Clause
# Part of libloader.so; what needs no kernel is tested on the host.
LIB_SRCS_thread := lib/thread/exit.c lib/thread/keys.c lib/thread/lock.c
thread_parts_LIBS := thread
$(eval $(call host_test,thread_parts,test/unit/thread_parts.c))
thread_shared_CFLAGS := -iquote test/unit/thread
$(eval $(call host_test,thread_shared,test/unit/thread_shared.c lib/thread/shared.c))
