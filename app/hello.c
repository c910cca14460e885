/* SPDX-License-Identifier: BSD-2-Clause */
#include "tour.h"

/** hello [counter=N] [code=N] ...: makes the tour and ends with the code. */
int main(int argc, char **argv)
{
    tour(argc, argv);
    return tour_number(argv, "code", 0);
}
