/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include "idl/loader.h"
#include "ipc/ipc.h"

/* What clients ask for, by the registered gate or by their own (idl/loader.idl). Service thread. */

long client_start(struct ipc_call *call, const char *name, const char *args, uint32_t *id);
long client_wait(struct ipc_call *call, uint32_t id, uint32_t *state, int32_t *code);
long client_list(struct ipc_call *call, uint32_t first, struct loader_task *tasks,
                 uint32_t *count);
long client_open(struct ipc_call *call, const char *name, const char *args, uint32_t flags,
                 struct ipc_cap_out *opening);
long client_info(struct ipc_call *call, uint32_t id, struct loader_task *out);
long client_sections(struct ipc_call *call, uint32_t id, uint32_t first,
                     struct loader_section *sections, uint32_t *count);
long client_dump(struct ipc_call *call, uint32_t id);
long client_open_image(struct ipc_call *call, struct ipc_bulk_in *image, const char *name,
                       const char *args, uint32_t flags, struct ipc_cap_out *opening);

/** All of them, in a table of operations. */
#define CLIENT_OPS                                                                        \
    .start = client_start, .wait = client_wait, .list = client_list, .open = client_open, \
    .info = client_info, .sections = client_sections, .dump = client_dump,                \
    .open_image = client_open_image
