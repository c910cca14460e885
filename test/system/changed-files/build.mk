# SPDX-License-Identifier: BSD-2-Clause
CHANGED := test/system/changed-files
$(eval $(call shared,t_version1,$(CHANGED)/version1.c,))
$(eval $(call shared,t_version2,$(CHANGED)/version2.c,))
$(eval $(call server,changing,$(CHANGED)/provider.c,fprov names))
t_changes_IDLS := names exec loader fprov
t_changes_LIBS := ipc errors
$(eval $(call program,t_changes,$(CHANGED)/t_changes.c,c loader))
$(eval $(call program,t_uses,$(CHANGED)/t_uses.c,t_version1 c loader))
