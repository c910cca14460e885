/* SPDX-License-Identifier: BSD-2-Clause */
int version(void);

int version(void)
{
    return 2;
}
