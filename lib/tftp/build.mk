# SPDX-License-Identifier: BSD-2-Clause
$(foreach t,tftp_transfer tftp_faults,$(eval $t_LIBS := tftp) \
    $(eval $(call host_test,$t,test/unit/$t.c)))
