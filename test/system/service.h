/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <stdio.h>
#include <stdlib.h>
#include <task/slots.h>

#include "errors/errors.h"
#include "idl/names.h"
#include "loader/loader.h"

/** The capability registered as @name; ends the program if there is none. Needs IDL `names`. */
static inline l4_cap_t service(const char *name)
{
    l4_cap_t cap = task_slot();
    long error = names_query(TASK_CAP_NAMES, name, 2000000, cap);

    if (error) {
        printf("FAIL service: %s: %s\n", name, error_text(error));
        exit(1);
    }
    return cap;
}
