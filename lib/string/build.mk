# SPDX-License-Identifier: BSD-2-Clause
# The test compiles the library under other names, beside the host's own functions.
$(eval $(call host_test,string,test/unit/string.c))
$(eval $(call host_test,format,test/unit/format.c lib/string/format.c))
