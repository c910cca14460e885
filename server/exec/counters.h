/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include "idl/exec.h"

/** What exec has done since it started (idl/exec.idl, operation stats). */
extern struct exec_counters counters;
