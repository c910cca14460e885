# SPDX-License-Identifier: BSD-2-Clause
tftp_LIBS := tftp lwip sigma0
tftp_CFLAGS = $(LWIP_CFLAGS)
$(eval $(call server,tftp,$(addprefix server/tftp/,main.c open.c download.c copier.c net.c card.c \
    queue.c pci.c dma.c keep.c),fprov dm dataspace names books))
$(tftp_OBJS): | $(LWIP)/stamp
$(eval $(call host_test,tftp_queue,test/unit/tftp_queue.c server/tftp/queue.c))
$(eval $(call host_test,tftp_keep,test/unit/tftp_keep.c server/tftp/keep.c))
