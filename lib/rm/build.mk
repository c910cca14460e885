# SPDX-License-Identifier: BSD-2-Clause
# The table of regions is a library of its own, for the host; the rest is part of libloader.so.
LIB_SRCS_rm := lib/rm/regions.c
rm_regions_LIBS := rm
$(eval $(call host_test,rm_regions,test/unit/rm_regions.c))
