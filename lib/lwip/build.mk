# SPDX-License-Identifier: BSD-2-Clause
# lwIP, unpatched, from Debian's source package: kept in MUSL_CACHE like musl, compiled for servers.
# Who uses it: NAME_LIBS := lwip, NAME_CFLAGS = $(LWIP_CFLAGS), and $(NAME_OBJS): | $(LWIP)/stamp

LWIP_VERSION := 2.1.3
LWIP_ARCHIVE := lwip_$(LWIP_VERSION)+dfsg1.orig.tar.xz
LWIP_SHA256 := 0a8276d09fc4e97bbba2f953d74af2388fc2195ea156be9d7589e297a68fde24
LWIP := $(MUSL_CACHE)/lwip-$(LWIP_VERSION)
LWIP_CFLAGS = -Ilib/lwip -isystem $(LWIP)/src/include

$(LWIP)/stamp:
	@mkdir -p $(MUSL_CACHE)
	@flock $(MUSL_CACHE)/lock sh -e -c 'test -f $@ && exit 0; \
	    lib/libc/fetch.sh lwip $(LWIP_ARCHIVE) $(LWIP_SHA256) $(MUSL_CACHE); \
	    tar -xJf $(MUSL_CACHE)/$(LWIP_ARCHIVE) -C $(MUSL_CACHE); touch $@'

LWIP_FILES := $(addprefix core/,def init inet_chksum ip mem memp netif pbuf timeouts udp \
    ipv4/dhcp ipv4/etharp ipv4/icmp ipv4/ip4 ipv4/ip4_addr) netif/ethernet
LWIP_OBJS := $(patsubst %,$(O)/obj/lwip/%.o,$(LWIP_FILES))
$(LWIP_OBJS): $(O)/obj/lwip/%.o: $(LWIP)/stamp lib/lwip/lwipopts.h lib/lwip/arch/cc.h | $(MUSL)/stamp
	@mkdir -p $(@D)
	@echo "  CC[lwip] $*.c"
	@$(CC) $(CFLAGS_server) -I$(LWIP)/src/include -Ilib/lwip -w -c -o $@ $(LWIP)/src/$*.c
LIB_NAMES := $(filter-out lwip,$(LIB_NAMES)) # nothing of it is ours
$(O)/lib/server/liblwip.a: $(LWIP_OBJS)
	@mkdir -p $(@D)
	@rm -f $@
	@$(AR) rcs $@ $^
