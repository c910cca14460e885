# SPDX-License-Identifier: BSD-2-Clause
$(eval $(call shared,t_c,test/system/link-order/t_c.c,c))
$(eval $(call shared,t_d,test/system/link-order/t_d.c,c))
$(eval $(call shared,t_a,test/system/link-order/t_a.c,t_c c))
$(eval $(call shared,t_b,test/system/link-order/t_b.c,t_d c))
$(eval $(call program,t_order,test/system/link-order/t_order.c,t_a t_b c loader))
