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
