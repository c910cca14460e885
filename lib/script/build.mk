# SPDX-License-Identifier: BSD-2-Clause
SCRIPT_TESTS := script_parse script_paths script_corpus script_robust
SCRIPT_TEST_FLAGS = -DCORPUS='"$(CURDIR)/test/unit/script/"' -DMANUAL='"$(CURDIR)/doc/script.md"'
$(foreach t,$(SCRIPT_TESTS),\
    $(eval $t_LIBS := script) $(eval $t_CFLAGS = $(SCRIPT_TEST_FLAGS)) \
    $(eval $(call host_test,$t,test/unit/$t.c)))
