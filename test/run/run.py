# SPDX-License-Identifier: BSD-2-Clause
"""The test runner: run.py --out O [NAME...]. NAME is unit/X or X (a folder of test/system).

One line per test, then `N passed, N failed` alone on the last line. A test counts one, and each
`ok`/`FAIL` line that it prints counts one more. Serial logs are kept in O/log.
"""

import argparse
import os
import re
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

sys.dont_write_bytecode = True
sys.path.insert(0, str(Path(__file__).parent))

import books  # noqa: E402
import guest  # noqa: E402
import scenario as scenarios  # noqa: E402

ROOT = Path(__file__).resolve().parents[2]
UNIT_SECONDS = 300
SKIP_STATUS = 77  # of a host program that cannot run here
LONG = False  # --long: tests that can be longer are
DUMP_SECONDS = 3
SEND_SECONDS = 0.3  # from the line before to the key: whoever printed it is waiting by then
TAIL_LINES = 25
OK_LINE = re.compile(r"(^|[|:] )ok \S")
FAIL_LINE = re.compile(r"(^|[|:] )FAIL \S")


class Result:
    """What one test came to."""

    def __init__(self, name):
        self.name = name
        self.passed = 0
        self.failed = 0
        self.why = self.skipped = ""
        self.tail = []
        self.seconds = 0.0

    def count(self, line):
        if OK_LINE.search(line):
            self.passed += 1
        elif FAIL_LINE.search(line):
            self.failed += 1

    def skip(self, why):
        self.skipped = why
        return self

    def finish(self, why, lines, started):
        self.why = why
        self.tail = lines[-TAIL_LINES:] if why else []
        self.seconds = time.monotonic() - started
        if why:
            self.failed += 1
        else:
            self.passed += 1
        return self


def _time_factor():
    """For slow machines."""
    return float(os.environ.get("L4_TIME_FACTOR", "1"))


def _unit_name(name):
    return name if "/" in name else f"unit/{name}"


def run_unit(name, out):
    """A host program of unit tests."""
    result, started = Result(_unit_name(name)), time.monotonic()
    log = out / "log" / f"{result.name.replace('/', '-')}.log"
    try:
        done = subprocess.run([out / "host" / name], capture_output=True, cwd=ROOT,
                              timeout=UNIT_SECONDS * (10 if LONG else 1) * _time_factor(),
                              env=os.environ | ({"L4_LONG": "1"} if LONG else {}))
        text = (done.stdout + done.stderr).decode("utf-8", "replace")
        status = done.returncode
    except (subprocess.TimeoutExpired, OSError) as error:
        text, status = "", str(error)
    log.write_text(text)
    lines = text.splitlines()
    for line in lines:
        result.count(line)
    if status == SKIP_STATUS and not result.failed:
        return result.skip(lines[-1] if lines else "it says so")
    why = ""
    if status != 0:
        why = next((l for l in lines if FAIL_LINE.search(l)), f"status {status}")
    elif result.failed:
        why = next(l for l in lines if FAIL_LINE.search(l))
    elif not result.passed:
        why = "no test ran"
    return result.finish(why, lines, started)


def _follow(scenario, machine, result, lines, deadline):
    """Read lines until the last step is done. The reason of a failure, or an empty string."""
    forbidden = [re.compile(f) for f in scenario.forbidden]
    steps = [(kind, list(what) if kind != "send" else what) for kind, what in scenario.steps]
    at = 0
    while True:
        while at < len(steps) and steps[at][0] == "send":
            time.sleep(SEND_SECONDS)
            machine.send(steps[at][1])
            at += 1
        if at == len(steps) and not scenario.exit:
            return ""
        line = machine.read_line(deadline)
        if line is None:
            break
        lines.append(line)
        result.count(line)
        bad = next((f for f in forbidden if f.search(line)), None)
        if bad:
            return f"forbidden line {line!r}"
        if at < len(steps):
            hit = next((r for r in steps[at][1] if r.search(line)), None)
            if hit:
                steps[at][1].remove(hit)
                at += not steps[at][1]
    if at < len(steps):
        missing = " and ".join(repr(r.pattern) for r in steps[at][1])
        how = "the guest ended" if machine.ended else f"nothing new in {scenario.seconds:g} s"
        return f"{how}, missing: {missing}"
    return ""


def _check_exit(scenario, machine, deadline):
    status = machine.status(deadline)
    if status is None:
        return "all lines came, but the guest did not end"
    if (status == scenarios.SUCCESS_STATUS) != (scenario.exit == "success"):
        return f"the guest ended with status {status}, want {scenario.exit}"
    return ""


def _check_books(scenario, lines):
    alone = scenario.modules and not any(m.split()[0] == "roottask" for m in scenario.modules)
    for before, after in scenario.books:
        difference = books.compare(lines, before, after, {"kernel"} if alone else books.SERVERS)
        if difference:
            return f"books differ: {difference}"
    return ""


def run_system(folder, out):
    """A scenario in QEMU."""
    result, started, lines = Result(folder.name), time.monotonic(), []
    work = out / "log" / f"{folder.name}.d"
    log = out / "log" / f"{folder.name}.log"
    try:
        scenario = scenarios.load(folder, ROOT, LONG)
        for need in scenario.needs:
            if subprocess.run(need, shell=True, capture_output=True).returncode:
                return result.skip(f"needs: {need}")
        guest.prepare(scenario, out, work)
        args = guest.command(scenario, ROOT, work)
        machine = guest.Guest(args, work, log, scenario.host)
    except (scenarios.ScenarioError, guest.GuestError, OSError) as error:
        return result.finish(str(error), [], started)
    deadline = time.monotonic() + scenario.seconds * _time_factor()
    try:
        why = _follow(scenario, machine, result, lines, deadline)
        if not why and scenario.exit:
            why = _check_exit(scenario, machine, deadline)
        why = why or _check_books(scenario, lines)
        if why and not machine.ended:
            machine.dump(DUMP_SECONDS if time.monotonic() >= deadline else 1)
    finally:
        machine.stop()
    return result.finish(why, lines, started)


def report(result):
    if result.skipped:
        print(f"skip {result.name}: {result.skipped}", flush=True)
        return
    if not result.why:
        print(f"ok   {result.name} ({result.seconds:.1f} s)", flush=True)
        return
    for line in result.tail:
        print(f"     | {line}")
    print(f"FAIL {result.name}: {result.why} ({result.seconds:.1f} s)", flush=True)


def all_tests(out):
    units = (out / "unit-tests").read_text().split()
    folders = sorted(p.parent for p in (ROOT / "test/system").glob("*/scenario"))
    return [(_unit_name(u), run_unit, u) for u in units] + [(f.name, run_system, f) for f in folders]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--list", action="store_true")
    parser.add_argument("names", nargs="*")
    parser.add_argument("--long", action="store_true")
    arguments = parser.parse_args()
    global LONG
    LONG = arguments.long
    out = arguments.out.resolve()
    (out / "log").mkdir(parents=True, exist_ok=True)

    tests = all_tests(out)
    unknown = set(arguments.names) - {name for name, _, _ in tests}
    if unknown:
        print(f"no such test: {', '.join(sorted(unknown))} (try ./l4 test --list)")
        return 2
    if arguments.names:
        tests = [t for t in tests if t[0] in arguments.names]
    if arguments.list:
        print("\n".join(name for name, _, _ in tests))
        return 0

    passed = failed = 0
    with ThreadPoolExecutor(arguments.jobs) as pool:
        for result in pool.map(lambda t: t[1](t[2], out), tests):
            report(result)
            passed += result.passed
            failed += result.failed
    print(f"{passed} passed, {failed} failed")
    return 1 if failed or not passed else 0


if __name__ == "__main__":
    sys.exit(main())
