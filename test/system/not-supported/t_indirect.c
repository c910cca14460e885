/* SPDX-License-Identifier: BSD-2-Clause */

/* An indirect function: which one it is, is decided in the task (IRELATIVE). */

static int seven(void)
{
    return 7;
}

static int (*choose(void))(void)
{
    return seven;
}

int chosen(void) __attribute__((ifunc("choose")));

int main(void)
{
    return chosen();
}
