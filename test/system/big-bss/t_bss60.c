/* SPDX-License-Identifier: BSD-2-Clause */
#include "bss.h"

static char memory[60 << 20];
static int initialised = 7;

int main(int argc, char **argv)
{
    return initialised == 7 ? bss_use(memory, sizeof memory, argc, argv) : 9;
}
