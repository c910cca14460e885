/* SPDX-License-Identifier: BSD-2-Clause */
#include "undef.h"

int main(void)
{
    return undef_one() + undef_two();
}
