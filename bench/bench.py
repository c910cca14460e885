# SPDX-License-Identifier: BSD-2-Clause
"""All figures in one table: bench.py --out O [--write FILE].

Runs each scenario of bench/*/ twice under -icount shift=0: with it, the time stamp counter counts
instructions, and both runs must print the same bytes. Prints the table, and writes it to FILE.
"""

import argparse
import re
import subprocess
import sys
import time
from pathlib import Path

sys.dont_write_bytecode = True
ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "test/run"))

import guest  # noqa: E402
import scenario as scenarios  # noqa: E402

BENCH = re.compile(r"^bench: (\S+) (\d+) instructions, (\d+) entries, (\d+) switches, (\d+) faults,"
                   r" (\d+) cleared$")
EVENTS = re.compile(r"times (\S+)\[(\d+)\]: to (main|the end) (\d+) cycles, (\d+) entries,"
                    r" (\d+) switches, (\d+) faults, (\d+) cleared, (\d+) copied$")
PARTS = re.compile(r"times (\S+)\[(\d+)\]: (read .*) = (\d+)$")
PAGES = re.compile(r"\| (\S+) +(\d+) +(\d+) +(\d+) +\d+$")
MAIN_AT = re.compile(r"times \S+\[1\]: main at (\d+)$")
FIRST_OUTPUT = re.compile(r"^(hello) +\| ")
BOOT_SECONDS = 1.0
# Name in the table, most that issue 4 allows.
LIMITS = {"ipc-0-words": 500, "first start, without read": 900000, "second start": 400000}
KERNEL_TEXT = 64 * 1024


def run(folder, out):
    """One run of a scenario: its lines, each with the seconds since the start of QEMU."""
    scenario = scenarios.load(folder, ROOT)
    work = out / "log" / f"bench-{folder.name}.d"
    guest.prepare(scenario, out, work)
    started = time.monotonic()
    machine = guest.Guest(guest.command(scenario, ROOT, work), work,
                          out / "log" / f"bench-{folder.name}.log")
    lines = []
    while (line := machine.read_line(started + scenario.seconds)) is not None:
        lines.append((line, time.monotonic() - started))
    if machine.status(started + scenario.seconds) != scenarios.SUCCESS_STATUS:
        sys.exit(f"bench {folder.name}: failed, see {out}/log/bench-{folder.name}.log")
    return lines


def run_twice(folder, out):
    first, second = run(folder, out), run(folder, out)
    if [line for line, _ in first] != [line for line, _ in second]:
        sys.exit(f"bench {folder.name}: two runs differ")
    return second


class Table:
    """Rows of cells, padded when printed; the first cell is left aligned."""

    def __init__(self, *head):
        self.rows = [head]

    def add(self, *row):
        self.rows.append(tuple(str(cell) for cell in row))

    def text(self):
        width = [max(len(row[i]) for row in self.rows) for i in range(len(self.rows[0]))]
        lines = []
        for n, row in enumerate(self.rows):
            cells = [c.rjust(w) if i else c.ljust(w) for i, (c, w) in enumerate(zip(row, width))]
            lines.append("| " + " | ".join(cells) + " |")
            if n == 0:
                rule = ["-" * (w - 1) + ":" if i else "-" * w for i, w in enumerate(width)]
                lines.append("| " + " | ".join(rule) + " |")
        return "\n".join(lines)


def verdict(name, value):
    """What the issue says about a figure: nothing, or its limit and by how much it is missed."""
    limit = LIMITS.get(name)
    if limit is None:
        return ""
    if value <= limit:
        return f"{limit}: kept"
    return f"{limit}: missed by {value - limit}"


def counts(lines):
    """Measurements of the kernel, then starts."""
    table = Table("what", "instructions", "entries", "switches", "faults", "cleared", "copied",
                  "limit")
    read = {}
    for line, _ in lines:
        if hit := MAIN_AT.search(line):
            table.add("power on to first main", hit[1], "", "", "", "", "", "")
        if hit := BENCH.search(line):
            name, *numbers = hit.groups()
            table.add(name, *numbers, "-", verdict(name, int(numbers[0])))
        if hit := PARTS.search(line):
            read[hit[2]] = int(hit[3].split()[1])
        if hit := EVENTS.search(line):
            task, until = hit[2], hit[3]
            name = {"1": "first", "2": "second"}[task] + " start"
            value = int(hit[4])
            if until == "the end":
                table.add(name + " to exit, all freed", *hit.groups()[3:], "")
                continue
            table.add(name, *hit.groups()[3:], verdict(name, value))
            if read[task]:
                name += ", without read"
                value -= read[task]
                table.add(name, value, "", "", "", "", "", verdict(name, value))
    return table.text()


def shares(lines):
    """Row X26: six shares and the rest."""
    table = None
    for line, _ in lines:
        hit = PARTS.search(line)
        if not hit:
            continue
        parts = [part.split() for part in hit[3].split(" + ")]
        table = table or Table("start", *(name for name, _ in parts), "sum")
        total = sum(int(value) for _, value in parts)
        if total != int(hit[4]):
            sys.exit(f"bench start: the parts are {total}, the total {hit[4]}")
        table.add({"1": "first", "2": "second"}[hit[2]], *(value for _, value in parts), total)
    return table.text()


def pages(lines):
    table = Table("instance of hello", "shared pages", "private pages")
    for line, _ in lines:
        if hit := PAGES.search(line):
            table.add(hit[2], hit[3], hit[4])
    return table.text()


def boot(out):
    """Wall time to the first line of a loaded task, not in deterministic mode."""
    scenario = scenarios.load(ROOT / "bench/start", ROOT)
    scenario.icount = False
    best = None
    for _ in range(3):
        work = out / "log/bench-boot.d"
        guest.prepare(scenario, out, work)
        started = time.monotonic()
        machine = guest.Guest(guest.command(scenario, ROOT, work), work, out / "log/bench-boot.log")
        seconds = None
        while (line := machine.read_line(started + 30)) is not None:
            if seconds is None and FIRST_OUTPUT.search(line):
                seconds = time.monotonic() - started
        machine.status(started + 30)
        if seconds is not None:
            best = min(best or seconds, seconds)
    if best is None:
        sys.exit("bench boot: hello said nothing")
    said = "kept" if best <= BOOT_SECONDS else f"missed by {best - BOOT_SECONDS:.2f} s"
    return f"{best:.2f} s wall (best of three; limit {BOOT_SECONDS:g} s: {said})"


def sizes(out):
    names = ["bootstrap", "kernel", "sigma0", "roottask", "log", "names", "dm_phys", "simple_ts",
             "bmodfs", "exec", "loader", "tftp", "libloader.so", "libc.so", "libdemo1.so",
             "libdemo2.so", "hello", "clock", "run"]
    table = Table("binary", "text", "data", "bss", "limit")
    for name in names:
        path = out / "bin" / name
        if not path.exists():
            continue
        done = subprocess.run(["size", path], capture_output=True, text=True, check=True)
        text, data, bss = (int(n) for n in done.stdout.splitlines()[1].split()[:3])
        said = ""
        if name == "kernel":
            said = f"{KERNEL_TEXT}: " + ("kept" if text <= KERNEL_TEXT
                                         else f"missed by {text - KERNEL_TEXT}")
        table.add(name, text, data, bss, said)
    return table.text()


def commit():
    def git(*args):
        return subprocess.run(["git", *args], cwd=ROOT, capture_output=True, text=True).stdout.strip()

    changed = git("status", "--porcelain", "--untracked-files=no", "kernel", "server", "lib", "abi")
    return (git("log", "-1", "--format=%h, %cs") or "no commit") + (" and changes" if changed else "")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--write", type=Path)
    args = parser.parse_args()
    out = args.out.resolve()
    (out / "log").mkdir(exist_ok=True)
    measured = commit()
    kernel = run_twice(ROOT / "bench/kernel", out)
    start = run_twice(ROOT / "bench/start", out)
    text = f"""<!-- SPDX-License-Identifier: BSD-2-Clause -->
# Figures

Made by `./l4 bench` at commit {measured}. QEMU TCG with `-icount shift=0,sleep=off -seed 1`: one count is
one instruction, a turn of a `rep` counts one, a page-table switch counts one; each scenario was run twice
with the same output to the last digit. What is counted and how: bench/README.md.

## Counts

{counts(kernel + start)}

## Where a start goes (row X26)

{shares(start)}

## Memory, boot, size

{pages(start)}

Boot to the first output of a task: {boot(out)}.

{sizes(out)}
"""
    print(text)
    if args.write:
        args.write.write_text(text)


if __name__ == "__main__":
    main()
