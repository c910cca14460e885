# SPDX-License-Identifier: BSD-2-Clause
$(eval $(call server,rooms,test/system/new-server/rooms.c lib/server/books.c lib/server/rows.c,names books))
t_guest_IDLS := names
t_guest_LIBS := ipc errors
$(eval $(call program,t_guest,test/system/new-server/t_guest.c,c loader))
