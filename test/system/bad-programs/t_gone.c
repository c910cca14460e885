/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdio.h>

int gone(void);
int gone_too(void);

/* Two libraries that the system does not have. */
int main(void)
{
    printf("FAIL gone: started, %d\n", gone() + gone_too());
    return 0;
}
