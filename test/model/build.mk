# SPDX-License-Identifier: BSD-2-Clause
# The models, checked by spin: a test on the host, named model/start.
UNIT_TESTS += model/start
$(O)/host/model/start: test/model/start.py
	@mkdir -p $(@D)
	@cp $< $@
	@chmod +x $@
