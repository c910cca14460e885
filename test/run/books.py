# SPDX-License-Identifier: BSD-2-Clause
"""The books in a log: two dumps compared (doc/contracts.md 4).

A dump lies between the lines `books begin NAME` and `books end NAME`; its lines are
`books SERVER CLIENT KIND COUNT CACHED`, behind whatever tag. CACHED is not compared: it is what
a server keeps for itself and would give up.
"""

import re

MARK = re.compile(r"\bbooks (begin|end) (\S+)$")
LINE = re.compile(r"\bbooks (\S+) (\S+) (\S+) (\d+) (\d+)$")
SIGMA0 = re.compile(r"\bsigma0: dump: owner (\d+) (\S+) (\d+) KiB$")
SERVERS = {"kernel", "sigma0", "roottask", "log", "names", "dm_phys", "simple_ts", "exec", "loader"}


def parse(lines):
    """All complete dumps: NAME -> {(server, client, kind): count}."""
    dumps, current, name = {}, None, ""
    for line in lines:
        mark, row, owner = MARK.search(line), LINE.search(line), SIGMA0.search(line)
        if mark and mark[1] == "begin":
            current, name = {}, mark[2]
        elif mark and current is not None and mark[2] == name:
            dumps[name], current = current, None
        elif current is None:
            continue
        elif row:
            current[row[1], row[2], row[3]] = current.get((row[1], row[2], row[3]), 0) + int(row[4])
        elif owner:
            current["sigma0", f"{owner[2]}/{owner[1]}", "KiB"] = int(owner[3])
    return dumps


def compare(lines, before, after, servers=frozenset(SERVERS)):
    """What differs between the two dumps, in words; an empty string if nothing does.

    SERVERS must all be in both."""
    dumps = parse(lines)
    for name in (before, after):
        if name not in dumps:
            return f"no books {name!r} in the log"
        missing = servers - {server for server, _, _ in dumps[name]}
        if missing:
            return f"books {name!r} lack {', '.join(sorted(missing))}"
    left, right = dumps[before], dumps[after]
    return "; ".join(
        f"{' '.join(key)}: {left.get(key, 0)} {before}, {right.get(key, 0)} {after}"
        for key in sorted(left.keys() | right.keys()) if left.get(key, 0) != right.get(key, 0))
