#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Checks start.pml with spin: the system as it is holds, and each broken rule is found.

Run from the root of the tree. One ok or FAIL line a check; status 77 if spin is not installed.
"""

import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

MODEL = Path("test/model/start.pml").resolve()
SKIP = 77
MEGABYTES = 2000
COMPILE = ["gcc", "-w", "-DSAFETY", "-DCOLLAPSE", "-DNOBOUNDCHECK", f"-DMEMLIM={MEGABYTES}"]
PAN = ["-m20000", "-w23"]

# What may happen at most: servers that die, bounds that run out early, tasks that are killed before
# the end, requests that are refused.
HOLDS = {
    "two-deaths": (2, 0, 0, 0),
    "kill-early-bound-refusal": (0, 1, 1, 1),
}
HOLDS_LONG = {
    "one-death-early-bound": (1, 1, 0, 0),
    "one-death-kill": (1, 0, 1, 0),
    "two-deaths-early-bound": (2, 1, 0, 0),
    "one-death-kill-early-bound": (1, 1, 1, 0),
}
# Rules that are broken: the macro, and the least that must happen to find it.
FINDS = {
    "linking-thread-calls-provider": ("LINKER_FETCHES", (0, 0, 0, 0)),
    "call-upward": ("CALL_UP", (0, 0, 0, 0)),
    "reply-that-waits": ("REPLY_WAITS", (0, 1, 0, 0)),
    "call-without-bound": ("NO_BOUND", (1, 0, 0, 0)),
    "lost-answer-not-undone": ("NO_UNDO", (0, 1, 0, 0)),
    "dead-entry-not-looked-for": ("NO_SCAN", (0, 0, 0, 0)),
    "late-answer-for-the-next-call": ("OLD_LABEL", (0, 1, 0, 0)),
}


class CheckError(Exception):
    """The check itself could not be made."""


def run(arguments, folder):
    done = subprocess.run(arguments, cwd=folder, capture_output=True, text=True)
    if done.returncode:
        raise CheckError(f"{arguments[0]}: {(done.stderr or done.stdout).strip()[:200]}")
    return done.stdout


def check(limits, macro, folder):
    """(states, what is wrong or an empty string) of the whole state space."""
    names = ("DEATHS", "EARLY", "KILLS", "FAILS")
    defines = [f"-D{name}={value}" for name, value in zip(names, limits)]
    if macro:
        defines.append(f"-D{macro}")
    run(["spin", *defines, "-a", str(MODEL)], folder)
    speed = "-O0" if macro else "-O2"  # a broken rule is found at once
    run([*COMPILE, speed, "-o", "pan", "pan.c"], folder)
    text = run([str(Path(folder, "pan")), *PAN], folder)
    states = re.search(r"(\d+) states, stored", text)
    errors = re.search(r"errors: (\d+)", text)
    if not states or not errors or "max search depth too small" in text:
        raise CheckError("pan: no result")
    wrong = re.search(r"^pan:1: (.*)$", text, re.M)
    if errors.group(1) == "0" and "Search not completed" in text:
        raise CheckError("pan: the search is not complete")
    return int(states.group(1)), wrong.group(1) if wrong else ""


def report(name, good, why):
    print(f"ok {name}: {why}" if good else f"FAIL {name}: {why}", flush=True)
    return good


def main():
    if not shutil.which("spin"):
        print("spin is not installed")
        return SKIP
    holds = HOLDS | (HOLDS_LONG if os.environ.get("L4_LONG") else {})
    good = True
    with tempfile.TemporaryDirectory() as folder:
        for name, limits in holds.items():
            try:
                states, wrong = check(limits, "", folder)
                good &= report(f"holds-{name}", not wrong, wrong or f"{states} states")
            except CheckError as error:
                good &= report(f"holds-{name}", False, error)
        for name, (macro, limits) in FINDS.items():
            try:
                states, wrong = check(limits, macro, folder)
                good &= report(f"finds-{name}", bool(wrong), wrong or f"not in {states} states")
            except CheckError as error:
                good &= report(f"finds-{name}", False, error)
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
