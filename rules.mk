# SPDX-License-Identifier: BSD-2-Clause
# The macros of the build.mk fragments. SOURCES are paths from the root of the tree.
#
#   $(eval $(call bare,NAME,SOURCES,LIBS))     freestanding static program    -> $(O)/bin/NAME
#   $(eval $(call server,NAME,SOURCES,IDLS))   static server on libc          -> $(O)/bin/NAME
#   $(eval $(call shared,NAME,SOURCES,LIBS))   shared library                 -> $(O)/bin/libNAME.so
#   $(eval $(call program,NAME,SOURCES,LIBS))  dynamic program for the loader -> $(O)/bin/NAME
#   $(eval $(call program_static,NAME,SOURCES)) static program for the loader -> $(O)/bin/NAME
#   $(eval $(call host_test,NAME,SOURCES))     unit test on the build host    -> $(O)/host/NAME
#   $(eval $(call host_tool,NAME,SOURCES))     tool for the build host        -> $(O)/host/NAME
#   $(eval $(call data,NAME,FILE))             a boot module that is only copied -> $(O)/bin/NAME
#   $(eval $(call idl,NAME))                   idl/NAME.idl (all are found without asking)
#
# Set before the call, where wanted:
#   NAME_BASE     link address (physical address for bare)
#   NAME_IDLS     generated stubs to link in (bare, shared, program, host_test)
#   NAME_LIBS     static libraries to add: lib/X is library X
#   NAME_CFLAGS, NAME_LDFLAGS
#   NAME_FREESTANDING := 1   (shared) without libc headers, for libloader.so
# (for shared, NAME is libNAME)
#   LIB_SRCS_X    the sources of lib/X when they are not all its *.c and *.S
# The linked file with debug information is $(O)/debug/NAME; $(O)/bin/NAME is stripped of it.

CC := gcc
HOSTCC := gcc
LD := ld
AR := ar
OBJCOPY := objcopy
NM := nm
OBJDUMP := objdump

GCC_INCLUDE := $(shell $(CC) -print-file-name=include)
LIBGCC := $(shell $(CC) -print-libgcc-file-name)

WARN := -Wall -Wextra -Wstrict-prototypes -Wmissing-prototypes -Werror
INCLUDES := -Iabi -Ilib -I$(O)/gen
TARGET_FLAGS := -std=gnu11 -O2 -g $(WARN) $(INCLUDES) -fno-stack-protector -fcf-protection=none \
    -ffunction-sections -fdata-sections -fno-asynchronous-unwind-tables -fno-common
LIBC_INCLUDE = -nostdinc -isystem $(MUSL)/include -isystem $(GCC_INCLUDE)

# A variant is one way to compile: $(O)/obj/VARIANT/path/file.c.o with CFLAGS_VARIANT, after
# NEEDS_VARIANT exists. A fragment may add one of its own (the kernel does).
VARIANTS += bare picbare server task program host hosttool
CFLAGS_bare = $(TARGET_FLAGS) -ffreestanding -fno-pic -fno-pie
CFLAGS_picbare = $(TARGET_FLAGS) -ffreestanding -fPIC -fvisibility=hidden
CFLAGS_server = $(TARGET_FLAGS) -fno-pic -fno-pie $(LIBC_INCLUDE)
CFLAGS_task = $(TARGET_FLAGS) -fPIC $(LIBC_INCLUDE)
CFLAGS_program = $(TARGET_FLAGS) -fPIE $(LIBC_INCLUDE)
CFLAGS_host = -std=gnu11 -O1 -g $(WARN) $(INCLUDES) -I. -Itest/unit -D_GNU_SOURCE \
    -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer
CFLAGS_hosttool = -std=gnu11 -O2 -g $(WARN) $(INCLUDES) -I. -D_GNU_SOURCE
NEEDS_picbare = $(IDL_HEADERS)
NEEDS_server = $(MUSL)/stamp $(IDL_HEADERS)
NEEDS_task = $(MUSL)/stamp $(IDL_HEADERS)
NEEDS_program = $(MUSL)/stamp $(IDL_HEADERS)

# $(call objs,VARIANT,SOURCES): the object files; .l and .y stand for what flex and bison make.
objs = $(patsubst %,$(O)/obj/$1/%.o,$(patsubst %.y,gen/%.y.c,$(patsubst %.l,gen/%.l.c,\
    $(patsubst $(O)/gen/%,gen/%,$2))))
idl_c = $(foreach i,$1,$(O)/gen/idl/$i_client.c $(O)/gen/idl/$i_server.c)
idl_objs = $(call objs,$1,$(call idl_c,$2))

define variant_rules
$(O)/obj/$1/gen/%.c.o: $(O)/gen/%.c rules.mk | $$(NEEDS_$1)
	@mkdir -p $$(@D)
	@echo "  CC[$1] $$*.c"
	@$$(CC) $$(CFLAGS_$1) $$(XCFLAGS) -Wno-missing-prototypes -MMD -MP -c -o $$@ $$<
$(O)/obj/$1/%.c.o: %.c rules.mk | $$(NEEDS_$1)
	@mkdir -p $$(@D)
	@echo "  CC[$1] $$*.c"
	@$$(CC) $$(CFLAGS_$1) $$(XCFLAGS) -MMD -MP -c -o $$@ $$<
$(O)/obj/$1/%.S.o: %.S rules.mk | $$(NEEDS_$1)
	@mkdir -p $$(@D)
	@echo "  AS[$1] $$*.S"
	@$$(CC) $$(CFLAGS_$1) $$(XCFLAGS) -MMD -MP -c -o $$@ $$<
endef

$(O)/gen/%.y.c $(O)/gen/%.y.h &: %.y
	@mkdir -p $(@D)
	@echo "  BISON $<"
	@bison -Wall -Werror --defines=$(O)/gen/$*.y.h -o $(O)/gen/$*.y.c $<
$(O)/gen/%.l.c: %.l
	@mkdir -p $(@D)
	@echo "  FLEX $<"
	@flex -o $@ $<

# Static libraries: each folder lib/X is library X, compiled for whoever links it.
LIB_VARIANTS := bare picbare server task program host
LIB_NAMES := $(sort $(filter-out libc,$(notdir $(patsubst %/,%,$(wildcard lib/*/)))))
lib_srcs = $(or $(LIB_SRCS_$1),$(sort $(wildcard lib/$1/*.c lib/$1/*.S)))
libs = $(foreach l,$2,$(O)/lib/$1/lib$l.a)

define lib_rules
ALL_OBJS += $$(call objs,$1,$$(call lib_srcs,$2))
$(O)/lib/$1/lib$2.a: $$(call objs,$1,$$(call lib_srcs,$2))
	@mkdir -p $$(@D)
	@rm -f $$@
	@$$(AR) rcs $$@ $$^
endef

# $(call finish,NAME): the stripped copy, and NAME joins `make all`.
define finish
ALL += $(O)/bin/$1
$(O)/bin/$1: $(O)/debug/$1
	@mkdir -p $$(@D)
	@$$(OBJCOPY) --strip-debug $$< $$@
endef

LD_COMMON := -z max-page-size=4096 -z noexecstack --build-id=none --gc-sections --fatal-warnings
LD_STATIC := -static -z norelro -z separate-code $(LD_COMMON)

define bare
$1_OBJS := $$(call objs,bare,$2)
ALL_OBJS += $$($1_OBJS)
$$($1_OBJS): private XCFLAGS = $$($1_CFLAGS)
$$(if $$($1_IDLS),$$(eval $$($1_OBJS): | $$(foreach i,$$($1_IDLS),$(O)/gen/idl/$$i.h)))
$(O)/debug/$1: $$($1_OBJS) $$(call libs,bare,$3 $$($1_LIBS)) $$(call idl_objs,bare,$$($1_IDLS))
	@mkdir -p $$(@D)
	@echo "  LD $1"
	@$$(LD) $$(LD_STATIC) -Ttext-segment=$$($1_BASE) -e _start $$($1_LDFLAGS) -o $$@ \
	    $$($1_OBJS) $$(call idl_objs,bare,$$($1_IDLS)) --start-group $$(filter %.a,$$^) --end-group
$(call finish,$1)
endef

# Servers: libc.a, our layer under it, and the libraries of every server.
# What lib/server may define in place of lib/libc/server is asked for first, so that it is found there.
SERVER_LIBS = $(filter server ipc l4sys errors,$(LIB_NAMES))
SERVER_IDLS := log names dm dataspace root # what lib/server itself calls
SERVER_HOOKS := $(addprefix -u ,server_start libc_write_line libc_exit libc_map libc_unmap)
define server
$1_OBJS := $$(call objs,server,$2)
ALL_OBJS += $$($1_OBJS) $$(call idl_objs,server,$$(sort $3 $(SERVER_IDLS)))
$$($1_OBJS): private XCFLAGS = $$($1_CFLAGS)
$(O)/debug/$1: $$($1_OBJS) $$(call idl_objs,server,$$(sort $3 $(SERVER_IDLS))) $$(call libs,server,$$($1_LIBS)) \
    $$(call libs,server,$(SERVER_LIBS)) $$(O)/lib/libc_server.a $$(MUSL)/stamp
	@mkdir -p $$(@D)
	@echo "  LD $1"
	@$$(LD) $$(LD_STATIC) -Ttext-segment=$$(or $$($1_BASE),0x400000) -u _start -e _start \
	    $$(SERVER_HOOKS) $$($1_LDFLAGS) -o $$@ $$(filter %.o,$$^) --start-group $$(filter %.a,$$^) \
	    $$(MUSL)/libc.a $$(LIBGCC) --end-group
$(call finish,$1)
endef

# Shared libraries and programs. LIBS are NEEDED, in this order: c is libc.so.
so_file = $(if $(filter c,$1),$(O)/bin/libc.so,$(O)/bin/lib$1.so)
so_files = $(foreach l,$1,$(call so_file,$l))
LD_SHARED := -rpath-link $(O)/bin -z separate-code -z defs --hash-style=both --no-as-needed $(LD_COMMON)

define shared
lib$1_VARIANT := $$(if $$(lib$1_FREESTANDING),picbare,task)
lib$1_OBJS := $$(call objs,$$(lib$1_VARIANT),$2)
lib$1_IDL_OBJS := $$(call idl_objs,$$(lib$1_VARIANT),$$(lib$1_IDLS))
ALL_OBJS += $$(lib$1_OBJS) $$(lib$1_IDL_OBJS)
$$(lib$1_OBJS): private XCFLAGS = $$(lib$1_CFLAGS)
$(O)/debug/lib$1.so: $$(lib$1_OBJS) $$(lib$1_IDL_OBJS) $$(call libs,$$(lib$1_VARIANT),$$(lib$1_LIBS)) \
    $$(call so_files,$3)
	@mkdir -p $$(@D)
	@echo "  LD lib$1.so"
	@$$(LD) -shared -soname lib$1.so $$(LD_SHARED) $$(lib$1_LDFLAGS) -o $$@ $$(lib$1_OBJS) \
	    $$(lib$1_IDL_OBJS) --start-group $$(filter %.a,$$^) --end-group $$(filter %.so,$$^) $$(LIBGCC)
$(call finish,lib$1.so)
endef

# main and multiboot_main are found by exec in the dynamic symbols, so they are exported.
EXPORT_MAIN := --export-dynamic-symbol=main --export-dynamic-symbol=multiboot_main
define program
$1_OBJS := $$(call objs,program,$2)
$1_IDL_OBJS := $$(call idl_objs,program,$$($1_IDLS))
ALL_OBJS += $$($1_OBJS) $$($1_IDL_OBJS)
$$($1_OBJS): private XCFLAGS = $$($1_CFLAGS)
$(O)/debug/$1: $$($1_OBJS) $$($1_IDL_OBJS) $$(call libs,program,$$($1_LIBS)) $$(call so_files,$3)
	@mkdir -p $$(@D)
	@echo "  LD $1"
	@$$(LD) $$(if $$($1_BASE),-no-pie -Ttext-segment=$$($1_BASE),-pie) --no-dynamic-linker \
	    $$(LD_SHARED) $$(EXPORT_MAIN) -u main -e main $$($1_LDFLAGS) -o $$@ $$($1_OBJS) $$($1_IDL_OBJS) \
	    --start-group $$(filter %.a,$$^) --end-group $$(filter %.so,$$^) $$(LIBGCC)
$(call finish,$1)
endef

define program_static
$1_OBJS := $$(call objs,server,$2)
ALL_OBJS += $$($1_OBJS)
$$($1_OBJS): private XCFLAGS = $$($1_CFLAGS)
$(O)/debug/$1: $$($1_OBJS) $$(call libs,server,$$($1_LIBS)) $$(O)/lib/libc_static.a \
    $$(call libs,server,$(filter ipc l4sys errors,$(LIB_NAMES))) $$(MUSL)/stamp
	@mkdir -p $$(@D)
	@echo "  LD $1"
	@$$(LD) $$(LD_STATIC) -Ttext-segment=$$(or $$($1_BASE),0x1000000) -u _start -e _start \
	    $$($1_LDFLAGS) -o $$@ $$(filter %.o,$$^) --start-group $$(filter %.a,$$^) \
	    $$(MUSL)/libc.a $$(LIBGCC) --end-group
$(call finish,$1)
endef

define host_test
UNIT_TESTS += $1
$1_OBJS := $$(call objs,host,$2)
ALL_OBJS += $$($1_OBJS)
$$($1_OBJS): private XCFLAGS = $$($1_CFLAGS)
$$(if $$($1_IDLS),$$(eval $$($1_OBJS): | $$(foreach i,$$($1_IDLS),$(O)/gen/idl/$$i.h)))
$(O)/host/$1: $$($1_OBJS) $$(call idl_objs,host,$$($1_IDLS)) $$(call libs,host,$$($1_LIBS))
	@mkdir -p $$(@D)
	@echo "  LD[host] $1"
	@$$(HOSTCC) -fsanitize=address,undefined -o $$@ $$(filter %.o,$$^) \
	    -Wl,--start-group $$(filter %.a,$$^) -Wl,--end-group $$($1_LDFLAGS)
endef

define host_tool
ALL += $(O)/host/$1
$1_OBJS := $$(call objs,hosttool,$2)
ALL_OBJS += $$($1_OBJS)
$$($1_OBJS): private XCFLAGS = $$($1_CFLAGS)
$(O)/host/$1: $$($1_OBJS)
	@mkdir -p $$(@D)
	@echo "  LD[host] $1"
	@$$(HOSTCC) -o $$@ $$^ $$($1_LDFLAGS)
endef

define data
ALL += $(O)/bin/$1
$(O)/bin/$1: $2
	@mkdir -p $$(@D)
	@cp $$< $$@
endef

# idl/NAME.idl -> header, client and server stubs. IDL_RUN is how the compiler is called.
IDL_RUN ?= $(O)/host/idl $< $(O)/gen/idl
define idl
$(if $(filter $1,$(IDL_NAMES)),,
IDL_NAMES += $1
IDL_HEADERS += $(O)/gen/idl/$1.h
$(O)/gen/idl/$1.h $(O)/gen/idl/$1_client.c $(O)/gen/idl/$1_server.c &: idl/$1.idl $(O)/host/idl
	@mkdir -p $$(@D)
	@echo "  IDL $1"
	@$$(IDL_RUN)
)
endef
