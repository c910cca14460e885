# SPDX-License-Identifier: BSD-2-Clause
# One non-recursive make for everything. Each component folder has a build.mk that calls the
# macros of rules.mk; a folder that does not exist (yet) is simply not built.
#
#   make            build all            make tests   build all and the unit tests
#   make system     what a user boots: no tests, no benchmarks
#   make musl       the C library only   make clean
#
# O is the only folder written to (and MUSL_CACHE, where the C library's sources are kept).

O ?= build
MUSL_CACHE ?= .cache
MAKEFLAGS += --no-builtin-rules --no-builtin-variables
.DELETE_ON_ERROR:
.SECONDARY:
.PHONY: all system tests musl clean
SHELL := /bin/sh

all:

include rules.mk

# The C library first: the macros name its files. Tests and benchmarks last: what there is before them is
# the system.
PARTS := $(sort $(wildcard */build.mk */*/build.mk */*/*/build.mk))
include lib/libc/build.mk
include $(filter-out lib/libc/build.mk test/% bench/%,$(PARTS))
SYSTEM := $(ALL)
include $(filter test/% bench/%,$(PARTS))

# What the fragments asked for is known now: make the rules.
$(foreach f,$(if $(wildcard tool/idl/build.mk),$(wildcard idl/*.idl)),$(eval $(call idl,$(basename $(notdir $f)))))
$(foreach v,$(VARIANTS),$(eval $(call variant_rules,$v)))
$(foreach v,$(LIB_VARIANTS),$(foreach l,$(LIB_NAMES),$(eval $(call lib_rules,$v,$l))))

all: $(ALL)

system: $(SYSTEM)

tests: all $(addprefix $(O)/host/,$(UNIT_TESTS))
	@printf '%s\n' $(UNIT_TESTS) >$(O)/unit-tests

musl: $(MUSL)/stamp

clean:
	rm -rf $(O)/obj $(O)/bin $(O)/debug $(O)/lib $(O)/gen $(O)/host $(O)/log $(O)/iso

-include $(patsubst %.o,%.d,$(ALL_OBJS))
