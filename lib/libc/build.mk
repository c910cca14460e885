# SPDX-License-Identifier: BSD-2-Clause
# musl, built once per version of our recipe and kept in MUSL_CACHE, and our layer under it.

MUSL_VERSION := 1.2.3
MUSL_ARCHIVE := musl_$(MUSL_VERSION).orig.tar.gz
MUSL_SHA256 := 7d5b0b6062521e4627e099e4c9dc8248d32a30285e959b7eecaa780cf8cfd4a4
MUSL_RECIPE := lib/libc/musl.mk lib/libc/include-first/syscall_arch.h
MUSL_KEY := $(shell cat $(MUSL_RECIPE) | sha256sum | cut -c1-12)
MUSL := $(MUSL_CACHE)/musl-$(MUSL_VERSION)-$(MUSL_KEY)

# The lock lets several builds share one cache.
$(MUSL)/stamp:
	@mkdir -p $(MUSL)
	+@flock $(MUSL_CACHE)/lock sh -e -c 'test -f $@ && exit 0; \
	    lib/libc/fetch.sh musl $(MUSL_ARCHIVE) $(MUSL_SHA256) $(MUSL_CACHE); \
	    tar -xzf $(MUSL_CACHE)/$(MUSL_ARCHIVE) -C $(MUSL_CACHE); \
	    echo "  MAKE musl $(MUSL_VERSION)"; \
	    $(MAKE) --no-print-directory -f lib/libc/musl.mk SRC=$(MUSL_CACHE)/musl-$(MUSL_VERSION) \
	        OUT=$(MUSL) FIRST=lib/libc/include-first'

# Our layer is compiled for static servers and for libc.so; tls.c sees musl's internal headers.
MUSL_SRC := $(MUSL_CACHE)/musl-$(MUSL_VERSION)
MUSL_INTERNAL = -std=gnu11 -D_XOPEN_SOURCE=700 -iquote lib/libc/include-first \
    -I$(MUSL_SRC)/arch/x86_64 -I$(MUSL_SRC)/arch/generic -I$(MUSL_SRC)/src/include \
    -I$(MUSL_SRC)/src/internal -w

LIBC_COMMON := lib/libc/syscall.c lib/libc/futex.c lib/libc/cancel.S lib/libc/tls.c
LIBC_SERVER := $(sort $(wildcard lib/libc/server/*.c lib/libc/server/*.S))
LIBC_STATIC := $(filter-out lib/libc/server/entry.S lib/libc/server/exit.c,$(LIBC_SERVER)) \
    $(sort $(wildcard lib/libc/static/*.c lib/libc/static/*.S))
LIBC_SERVER_OBJS := $(call objs,server,$(LIBC_COMMON) $(LIBC_SERVER))
LIBC_STATIC_OBJS := $(call objs,server,$(LIBC_COMMON) $(LIBC_STATIC)) $(call idl_objs,server,ts_self)
LIBC_TASK_OBJS := $(call objs,task,$(LIBC_COMMON) $(sort $(wildcard lib/libc/task/*.c)))
ALL_OBJS += $(sort $(LIBC_SERVER_OBJS) $(LIBC_STATIC_OBJS)) $(LIBC_TASK_OBJS)
$(call objs,server,lib/libc/tls.c) $(call objs,task,lib/libc/tls.c): private XCFLAGS = $(MUSL_INTERNAL)

$(O)/lib/libc_server.a: $(LIBC_SERVER_OBJS)
$(O)/lib/libc_static.a: $(LIBC_STATIC_OBJS)
$(O)/lib/libc_server.a $(O)/lib/libc_static.a:
	@mkdir -p $(@D)
	@rm -f $@
	@$(AR) rcs $@ $^
$(call objs,task,lib/libc/task/start.c): private XCFLAGS = $(MUSL_INTERNAL)
$(LIBC_TASK_OBJS): private XCFLAGS += -fvisibility=hidden

# libc.so: all of musl and our layer. Its own functions call each other directly; those of
# musl's dynamic.list can be replaced by a program.
ALL += $(O)/bin/libc.so
$(O)/debug/libc.so: $(LIBC_TASK_OBJS) $(MUSL)/stamp $(O)/bin/libloader.so
	@mkdir -p $(@D)
	@echo "  LD libc.so"
	@$(LD) -shared -soname libc.so $(LD_SHARED) -Bsymbolic-functions \
	    --dynamic-list=$(MUSL_SRC)/dynamic.list -o $@ $(LIBC_TASK_OBJS) \
	    --whole-archive $(MUSL)/libc_pic.a --no-whole-archive $(O)/bin/libloader.so $(LIBGCC)
$(O)/bin/libc.so: $(O)/debug/libc.so
	@mkdir -p $(@D)
	@$(OBJCOPY) --strip-debug $< $@

$(eval $(call host_test,libc_server,test/unit/libc_server.c lib/libc/server/arena.c \
    lib/libc/server/output.c))
$(eval $(call host_test,libc_syscall,test/unit/libc_syscall.c lib/libc/syscall.c lib/libc/futex.c))
