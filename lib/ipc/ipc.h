/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

/* The IPC run-time: what generated stubs and servers use. Start with README.md. */

#include "ipc/client.h"
#include "ipc/server.h"
#include "ipc/slots.h"
#include "ipc/transport.h"
#include "ipc/types.h"
#include "ipc/wire.h"
