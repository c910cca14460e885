/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include "script/script.h"

/**
 * One warning for each word of the task of @job that this loader understands but does nothing for,
 * so that nobody relies on it. @file is the script's name.
 */
void unused_report(const char *file, const struct script_job *job);
