#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Which lines of the kernel have run: coverage.py KERNEL LOG [FILE...].

KERNEL is the ELF file with lines, LOG what QEMU wrote with `-d in_asm -D LOG`: each block as it was
translated, so that it ran. Lists the lines that never ran, for FILEs with their text.
"""

import re
import subprocess
import sys
from collections import defaultdict
from pathlib import Path

BASE = 0xFFFFFFFF80000000
INSTRUCTION = re.compile(r"^\s*([0-9a-f]+):\t")
RAN = re.compile(r"^(?:0x)?([0-9a-f]{16}):")


def instructions(kernel):
    """Addresses of all instructions of the text section."""
    text = subprocess.run(["objdump", "-d", "-j", ".text", kernel], check=True, text=True,
                          capture_output=True).stdout
    return [int(m[1], 16) for m in map(INSTRUCTION.match, text.splitlines()) if m]


def places(kernel, addresses):
    """address -> FILE:LINE of the innermost function."""
    done = subprocess.run(["addr2line", "-e", kernel], check=True, text=True, capture_output=True,
                          input="\n".join(hex(a) for a in addresses)).stdout
    return dict(zip(addresses, (l.split(" ")[0] for l in done.splitlines())))


def main():
    kernel, log, wanted = sys.argv[1], sys.argv[2], sys.argv[3:]
    ran = set()
    with open(log, errors="replace") as lines:
        for line in lines:
            m = RAN.match(line)
            if m and int(m[1], 16) >= BASE:
                ran.add(int(m[1], 16))
    every = instructions(kernel)
    hit, missed = defaultdict(set), defaultdict(set)
    for address, place in places(kernel, every).items():
        file, _, number = place.rpartition(":")
        if number.isdigit() and "/kernel/" in f"/{file}":
            (hit if address in ran else missed)[file[file.rindex("kernel/"):]].add(int(number))
    for file in sorted(hit.keys() | missed.keys()):
        never = sorted(missed[file] - hit[file])
        total = len(hit[file] | missed[file])
        print(f"{file}: {total - len(never)} of {total} lines; never: "
              f"{' '.join(map(str, never)) or '-'}")
        if any(w in file for w in wanted) and Path(file).is_file():
            source = Path(file).read_text().splitlines()
            for number in never:
                print(f"  {number:4} {source[number - 1]}")
    done = len(ran & set(every))
    print(f"{done} of {len(every)} instructions ran, {100 * done // len(every)} %")


if __name__ == "__main__":
    main()
