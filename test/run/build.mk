# SPDX-License-Identifier: BSD-2-Clause
# The runner is tested like everything else.
UNIT_TESTS += runner
$(O)/host/runner: test/unit/runner.py
	@mkdir -p $(@D)
	@cp $< $@
	@chmod +x $@
