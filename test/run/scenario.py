# SPDX-License-Identifier: BSD-2-Clause
"""A scenario: what boots, what must appear, how long it may take. test/README.md has the list."""

import re
import shlex
from dataclasses import dataclass, field
from pathlib import Path

SUCCESS_STATUS = 33  # the guest wrote 0x10 to the debug-exit port
DEFAULT_FORBIDDEN = [r"panic:", r"(^|[|:] )FAIL\b", r"kdb: entered"]
BOOT_WAYS = ("kernel", "iso", "iso-uefi")


class ScenarioError(Exception):
    """The scenario file itself is wrong."""


@dataclass
class Scenario:
    name: str
    folder: Path
    modules: list = field(default_factory=list)  # command lines; the first word is the file
    files: list = field(default_factory=list)  # (kind, name, arguments): files to make first
    steps: list = field(default_factory=list)  # ("expect", {regex}) or ("send", bytes)
    forbidden: list = field(default_factory=lambda: list(DEFAULT_FORBIDDEN))
    memory: int = 256
    qemu: list = field(default_factory=list)
    needs: list = field(default_factory=list)  # commands that must succeed, else it is skipped
    host: list = field(default_factory=list)  # command lines to run beside QEMU, in its folder
    icount: bool = True
    boot: str = "kernel"
    seconds: float = 30.0
    books: list = field(default_factory=list)  # pairs of dumps that must be equal
    exit: str = ""  # "", "success" or "failure"


def listed_modules(root, which, script="", leave=""):
    """The command lines of boot/modules.WHICH, with its two placeholders filled in."""
    lines = []
    for line in (root / f"boot/modules.{which}").read_text().splitlines():
        line = line.strip()
        if line and not line.startswith("#"):
            line = line.replace("@script@", script or "default.cfg").replace("@exit@", leave)
            lines.append(" ".join(line.split(" ")).strip())
    return lines


def _regex(text):
    try:
        return re.compile(text)
    except re.error as error:
        raise ScenarioError(f"bad regular expression {text!r}: {error}") from error


def _yes_no(text):
    if text not in ("yes", "no"):
        raise ScenarioError(f"yes or no expected, not {text!r}")
    return text == "yes"


def _one_of(text, choices):
    if text not in choices:
        raise ScenarioError(f"one of {', '.join(choices)} expected, not {text!r}")
    return text


def _add_any(scenario, text):
    if scenario.steps and scenario.steps[-1][0] == "any":
        scenario.steps[-1][1].append(_regex(text))
    else:
        scenario.steps.append(("any", [_regex(text)]))


def _take(scenario, word, rest, root):
    if word == "module":
        scenario.modules.append(rest)
    elif word == "modules" and rest.split()[:1] in (["default"], ["net"]):
        scenario.modules += listed_modules(root, *rest.split(None, 2))
    elif word == "file":
        name, kind, *arguments = shlex.split(rest)
        scenario.files.append((kind, name, arguments))
    elif word == "expect":
        scenario.steps.append(("expect", [_regex(rest)]))
    elif word == "any":
        _add_any(scenario, rest)
    elif word == "send":
        scenario.steps.append(("send", rest.encode().decode("unicode_escape").encode("latin-1")))
    elif word == "forbid":
        scenario.forbidden.append(_regex(rest).pattern)
    elif word == "allow":
        if rest not in scenario.forbidden:
            raise ScenarioError(f"not forbidden anyway: {rest!r}")
        scenario.forbidden.remove(rest)
    elif word == "books":
        before, after = rest.split()
        scenario.books.append((before, after))
    elif word == "memory":
        scenario.memory = int(rest)
    elif word == "need":
        scenario.needs.append(rest)
    elif word == "host":
        scenario.host.append(shlex.split(rest.replace("@root@", str(root))))
    elif word == "qemu":
        scenario.qemu += shlex.split(rest)
    elif word == "icount":
        scenario.icount = _yes_no(rest)
    elif word == "boot":
        scenario.boot = _one_of(rest, BOOT_WAYS)
    elif word == "time":
        scenario.seconds = float(rest)
    elif word == "exit":
        scenario.exit = _one_of(rest or "success", ("success", "failure"))
    else:
        raise ScenarioError(f"unknown word {word!r}")


def load(folder, root, long=False):
    """Read FOLDER/scenario; lines behind `long` and `short` are for runs with --long or without."""
    scenario = Scenario(folder.name, folder)
    for number, line in enumerate((folder / "scenario").read_text().splitlines(), 1):
        line = line.strip()
        if not line or line.startswith("#"):
            continue
        word, _, rest = line.partition(" ")
        if word in ("long", "short"):
            if long != (word == "long"):
                continue
            word, _, rest = rest.strip().partition(" ")
        try:
            _take(scenario, word, rest.strip(), root)
        except (ScenarioError, ValueError) as error:
            raise ScenarioError(f"{folder}/scenario:{number}: {error}") from error
    if not scenario.steps and not scenario.exit:
        raise ScenarioError(f"{folder}/scenario: expects nothing, so it could not fail")
    return scenario
