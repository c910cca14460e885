/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdio.h>
#include <task/slots.h>
#include "idl/root.h"

int main(void)
{
    printf("hello without log\n");
    fflush(stdout);
    return (int)root_shutdown(TASK_CAP_PAGER, 0);
}
