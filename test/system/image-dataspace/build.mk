# SPDX-License-Identifier: BSD-2-Clause
t_image_IDLS := names fprov dm loader loader_opening loader_control loader_task
t_image_LIBS := ipc errors
IMAGE := test/system/image-dataspace
$(eval $(call program,t_image,$(IMAGE)/t_image.c $(IMAGE)/maker.c test/system/opener.c,c loader))
$(eval $(call program,t_made,$(IMAGE)/t_made.c,c))
