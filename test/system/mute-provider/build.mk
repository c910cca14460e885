# SPDX-License-Identifier: BSD-2-Clause
$(eval $(call server,mute,test/system/mute-provider/mute.c,names))
