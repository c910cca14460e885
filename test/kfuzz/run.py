# SPDX-License-Identifier: BSD-2-Clause
"""./l4 fuzz kernel: run.py --out O [--kernel FILE] [SECONDS] [SEED].

Boots the fuzzer (test/kfuzz) again and again, each time with the next seed and for a few seconds of
guest time, until SECONDS are over. The same seed makes the same run. At the first failure: the
seed, the log, and how to repeat it; status 1.
"""

import argparse
import random
import re
import subprocess
import sys
import time
from pathlib import Path

sys.dont_write_bytecode = True
ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "test/run"))

import books  # noqa: E402
import guest  # noqa: E402

GUEST_SECONDS = 6   # of one machine
LIMIT_SECONDS = 180  # what it may take
SUCCESS_STATUS = 33
BAD = re.compile(r"panic:|WRONG|^FAIL ")
TOTAL = re.compile(r"^kfuzz: (\d+) steps in \d+ rounds")


def command(kernel, seed):
    """QEMU's command line; it is run in the folder of the binaries."""
    words = f"kfuzz seed={seed} seconds={GUEST_SECONDS}"
    return ["qemu-system-x86_64", *guest.machine_args(ROOT), "-m", "256", "-monitor", "none",
            "-serial", "stdio", "-icount", "shift=3,sleep=off", "-seed", "1",
            "-rtc", "base=2026-01-01,clock=vm",
            "-kernel", "bootstrap", "-initrd", f"{kernel},sigma0,{words}"]


def what_failed(lines, status):
    """Why the run was bad, or an empty string."""
    bad = next((line for line in lines if BAD.search(line)), None)
    if bad:
        return bad
    if status is None:
        return f"not through after {LIMIT_SECONDS} s"
    if status != SUCCESS_STATUS:
        return f"the machine ended with status {status}"
    return books.compare(lines, "before", "after", {"kernel"})


def run(out, kernel, seed):
    """(why it failed, steps, log) of one machine."""
    log = out / "log" / f"kfuzz-{seed}.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    with open(log, "wb") as file:
        try:
            status = subprocess.run(command(kernel, seed), cwd=out / "bin", stdout=file,
                                    stderr=file, stdin=subprocess.DEVNULL,
                                    timeout=LIMIT_SECONDS).returncode
        except subprocess.TimeoutExpired:
            status = None
    lines = log.read_text("utf-8", "replace").replace("\r", "").splitlines()
    total = next((int(m[1]) for m in map(TOTAL.match, lines) if m), 0)
    return what_failed(lines, status), total, log


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--kernel", default="kernel")
    parser.add_argument("seconds", type=float, nargs="?", default=60)
    parser.add_argument("seed", type=int, nargs="?", default=0)
    arguments = parser.parse_args()
    out = arguments.out.resolve()
    seed = arguments.seed or random.randrange(1, 1 << 30)
    end, steps, machines = time.monotonic() + arguments.seconds, 0, 0
    while True:
        why, done, log = run(out, arguments.kernel, seed)
        steps += done
        machines += 1
        if why:
            print(f"FAIL seed {seed}: {why}")
            print(f"  log: {log}")
            print(f"  again: ./l4 fuzz kernel 1 {seed}")
            return 1
        print(f"ok   seed {seed}, {done} steps", flush=True)
        log.unlink()
        if time.monotonic() >= end:
            print(f"{steps} steps, {machines} seeds, nothing found")
            return 0
        seed += 1


if __name__ == "__main__":
    sys.exit(main())
