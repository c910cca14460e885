#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# Beside the QEMU of the scenario, in its folder: gdb without a human. What it does the guest shows,
# so the scenario sees whether it has worked: in kernel_main it sets the option -wait, in poll and main
# of t_gdb a variable.
set -u
out=$(cd ../.. && pwd)
attach="target remote gdb.socket"

until [ -S gdb.socket ]; do sleep 0.1; done
# flags is the third word of the options record (kernel-abi.md 11.1)
gdb -batch -nx "$out/bin/kernel" -ex "$attach" -ex 'hbreak kernel_main' -ex continue -ex 'backtrace 1' \
    -ex 'set var ((unsigned *)&kernel_options)[2] |= 1' -ex delete -ex detach

# What the prompt says to `info`: the first section is where the object is.
until base=$(sed -n 's/.*| *\(0x[0-9a-f]*\)+0x.* t_gdb.*/\1/p' ../gdb.log | head -n 1) && [ "$base" ]; do
    sleep 0.1
done
gdb -batch -nx -ex "add-symbol-file $out/debug/t_gdb -o $base" -ex "$attach" \
    -ex 'hbreak poll' -ex continue -ex 'backtrace 2' -ex 'set var attached = STOPPED' -ex delete \
    -ex 'hbreak *main' -ex continue -ex 'backtrace 1' -ex 'print argc' \
    -ex 'set var argc = STOPPED' -ex delete -ex detach
