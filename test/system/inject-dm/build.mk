# SPDX-License-Identifier: BSD-2-Clause
# Faults on purpose: a manager and a file provider that misbehave, a driver, a program.
INJECT := test/system/inject-dm
IDL_HEADERS += $(O)/gen/idl/inject.h
$(O)/gen/idl/inject.h $(O)/gen/idl/inject_client.c $(O)/gen/idl/inject_server.c &: \
    $(INJECT)/inject.idl $(O)/host/idl
	@mkdir -p $(@D)
	@echo "  IDL inject"
	@$(O)/host/idl $< $(O)/gen/idl
$(eval $(call server,inject_dm,$(addprefix $(INJECT)/,manager.c faulty.c),inject names))
$(eval $(call server,inject_fprov,$(addprefix $(INJECT)/,provider.c faulty.c),inject names fprov))
$(eval $(call server,inject,$(INJECT)/driver.c,\
    inject names loader exec ts_control dm root books))
$(eval $(call shared,t_inject,$(INJECT)/inject_lib.c,))
$(eval $(call program,t_inject,$(INJECT)/t_inject.c,t_inject loader))
