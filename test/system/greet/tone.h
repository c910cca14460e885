/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

/** How one is greeted. */
const char *tone_greeting(void);
