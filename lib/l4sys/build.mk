# SPDX-License-Identifier: BSD-2-Clause
# Nothing is compiled here; what the headers encode is tested on the host.
$(eval $(call host_test,l4_timeout,test/unit/l4_timeout.c))
