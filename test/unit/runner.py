#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""The test runner itself: does it fail when it must? A shell script plays the guest."""

import os
import sys
import tempfile
from pathlib import Path

ROOT = Path.cwd()
sys.dont_write_bytecode = True
sys.path.insert(0, str(ROOT / "test/run"))

import books  # noqa: E402
import run  # noqa: E402
import scenario as scenarios  # noqa: E402


def outcome(text, guest_script):
    """Run a scenario with this text against the script; the Result and the log's text."""
    with tempfile.TemporaryDirectory() as name:
        base = Path(name)
        folder, out = base / "case", base / "out"
        folder.mkdir()
        (out / "log").mkdir(parents=True)
        (out / "bin").mkdir()
        (out / "bin/bootstrap").write_text("")
        (folder / "scenario").write_text(text)
        fake = base / "guest"
        fake.write_text("#!/bin/sh\n" + guest_script)
        fake.chmod(0o755)
        os.environ["L4_QEMU"] = str(fake)
        result = run.run_system(folder, out)
        log = out / "log/case.log"
        return result, log.read_text() if log.exists() else ""


def passes(text, guest_script):
    result, _ = outcome(text, guest_script)
    assert not result.why and result.failed == 0 and result.passed >= 1, result.why


def fails(text, guest_script, why):
    result, log = outcome(text, guest_script)
    assert why in result.why, f"{result.why!r} lacks {why!r}"
    assert result.failed >= 1
    return log


def test_lines_in_order():
    passes("expect ^a$\nexpect ^b$\n", "echo a; echo x; echo b; sleep 60")
    fails("expect ^b$\nexpect ^a$\n", "echo a; echo b", "missing: '^a$'")


def test_any_order():
    passes("any ^a$\nany ^b$\nexpect c\n", "echo b; echo a; echo c; sleep 60")
    fails("any ^a$\nany ^b$\n", "echo b; echo b", "missing: '^a$'")


def dump(name, *rows):
    rows = *rows, *(f"{server} - slot 1 0" for server in sorted(books.SERVERS) if server != "exec")
    lines = [f"books begin {name}", *(f"tag | books {row}" for row in rows), f"books end {name}"]
    return "; ".join(f"echo '{line}'" for line in lines) + "; "


def test_long():
    text = "short expect ^a$\nlong expect ^b$\n"
    passes(text, "echo a; sleep 60")
    run.LONG = True
    try:
        passes(text, "echo b; sleep 60")
    finally:
        run.LONG = False


def test_books():
    text = "expect ^end$\nbooks a b\n"
    row = ["one x slot 1 0", "exec y gate 5 7"]
    cached, leak = ["one x slot 1 9", "exec y gate 5 0"], ["one x slot 1 0", "exec y gate 6 7"]
    passes(text, dump("a", *row) + dump("b", *cached) + "echo end")
    fails(text, dump("a", *row) + dump("b", *leak) + "echo end", "exec y gate: 5 a, 6 b")
    fails(text, dump("a", *row) + dump("b", row[0]) + "echo end", "books 'b' lack exec")
    fails(text, dump("a", *row) + "echo end", "no books 'b'")


def test_forbidden_lines():
    fails("expect b\n", "echo 'kernel: panic: no'; echo b", "forbidden line")
    fails("expect b\n", "echo 'x  | FAIL one: why'; echo b", "forbidden line")
    fails("forbid bad\nexpect b\n", "echo bad; echo b", "forbidden line 'bad'")
    passes("allow panic:\nexpect b\n", "echo panic: wanted; echo b")


def test_exit_status():
    passes("expect a\nexit success\n", "echo a; exit 33")
    fails("expect a\nexit success\n", "echo a; exit 0", "status 0")
    passes("expect a\nexit failure\n", "echo a; exit 3")
    fails("expect a\nexit failure\n", "echo a; exit 33", "status 33")
    fails("expect a\nexit success\n", "exit 33", "missing: 'a'")


def test_time_out_asks_for_a_dump():
    log = fails("expect never\ntime 0.5\n", "echo a; head -c 1 | od -An -tx1; sleep 60", "missing")
    assert " 14" in log.split("asking the kernel for a dump")[1], log


def test_keys_are_sent_in_order():
    passes("expect ready\nsend hi\\n\nexpect got hi\n", "echo ready; read x; echo got $x; sleep 60")


def test_ok_lines_are_counted():
    result, _ = outcome("expect end\n", "echo ok one; echo 'boot: ok two'; echo 'not ok'; echo end")
    assert result.passed == 3, result.passed


def test_wrong_scenarios_are_refused():
    fails("expct a\n", "", "scenario:1: unknown word 'expct'")
    fails("module x\n", "", "expects nothing")
    fails("expect (\n", "", "bad regular expression")
    fails("module absent\nexpect a\n", "", "module absent does not exist")
    fails("icount maybe\nexpect a\n", "", "yes or no")


def main():
    failed = 0
    for name, function in sorted(globals().items()):
        if not name.startswith("test_"):
            continue
        try:
            function()
            print(f"ok {name[5:]}")
        except (AssertionError, scenarios.ScenarioError, OSError) as error:
            failed = 1
            print(f"FAIL {name[5:]}: {error}")
    return failed


sys.exit(main())
