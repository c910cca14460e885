/* SPDX-License-Identifier: BSD-2-Clause */

int gone_too(void);

int gone_too(void)
{
    return 2;
}
