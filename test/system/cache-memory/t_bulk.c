/* SPDX-License-Identifier: BSD-2-Clause */

/* A program with a file of 8 MiB. */
const volatile char bulk[8 << 20] = {3};

int main(void)
{
    return bulk[0] + bulk[sizeof bulk - 1];
}
