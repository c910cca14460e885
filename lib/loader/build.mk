# SPDX-License-Identifier: BSD-2-Clause
# libloader.so: start-up library, region manager and threads in one file that stands alone.
libloader_FREESTANDING := 1
libloader_IDLS := rm dm dataspace exec_task loader_task log_session ts_self
libloader_LIBS := ipc string errors
libloader_LDFLAGS := -e __l4_loader_start -Bsymbolic
$(eval $(call shared,loader,$(wildcard lib/loader/*.c lib/loader/*.S lib/rm/*.c lib/thread/*.c),))
