# SPDX-License-Identifier: BSD-2-Clause
"""One QEMU: its folder with the boot modules, its command line, its serial lines."""

import os
import selectors
import shutil
import subprocess
import time
from pathlib import Path

OVMF = Path("/usr/share/OVMF")  # package ovmf
DUMP_KEY = b"\x14"  # the kernel lists every thread


class GuestError(Exception):
    """The guest could not even be started."""


def machine_args(root):
    """The arguments every QEMU here gets (boot/qemu.args)."""
    return (root / "boot/qemu.args").read_text().split()


def _make_file(path, kind, arguments, find):
    if kind == "zero":  # zero BYTES
        with open(path, "wb") as file:
            file.truncate(int(arguments[0], 0))
    elif kind == "text":  # text WORDS...
        path.write_text(" ".join(arguments) + "\n")
    elif kind == "copy":  # copy FILE
        shutil.copyfile(find(arguments[0]), path)
    elif kind == "cut":  # cut FILE BYTES
        path.write_bytes(find(arguments[0]).read_bytes()[: int(arguments[1], 0)])
    elif kind == "patch":  # patch FILE OFFSET HEXBYTES
        data = bytearray(find(arguments[0]).read_bytes())
        offset, new = int(arguments[1], 0), bytes.fromhex(arguments[2])
        data[offset : offset + len(new)] = new
        path.write_bytes(data)
    elif kind == "random":  # random BYTES SEED: the same bytes every time
        import random

        path.write_bytes(random.Random(int(arguments[1])).randbytes(int(arguments[0], 0)))
    else:
        raise GuestError(f"file: unknown kind {kind!r}")


def prepare(scenario, out, work):
    """Fill the folder WORK with the files that the scenario's modules name."""
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir(parents=True)

    def find(name):
        for folder in (work, scenario.folder, out / "bin"):
            if (folder / name).is_file():
                return folder / name
        raise GuestError(f"module {name} does not exist: not built?")

    for kind, name, arguments in scenario.files:
        (work / name).parent.mkdir(parents=True, exist_ok=True)
        _make_file(work / name, kind, arguments, find)
    for name in ["bootstrap"] + [line.split(" ")[0] for line in scenario.modules]:
        path = find(name)
        if not (work / name).exists():
            (work / name).symlink_to(path.resolve())


def _uefi(work):
    """OVMF, with a variable store that it may write; without bootindex it tries the network first."""
    shutil.copyfile(OVMF / "OVMF_VARS_4M.fd", work / "variables.fd")
    flash = "if=pflash,format=raw"
    return ["-drive", f"{flash},readonly=on,file={OVMF}/OVMF_CODE_4M.fd",
            "-drive", f"{flash},file=variables.fd",
            "-drive", "if=none,id=cd,media=cdrom,readonly=on,file=boot.iso",
            "-device", "ide-cd,drive=cd,bootindex=0"]


def command(scenario, root, work):
    """QEMU's command line; it runs in WORK, so that module command lines begin with bare names."""
    args = [os.environ.get("L4_QEMU", "qemu-system-x86_64")] + machine_args(root)
    args += ["-monitor", "none", "-serial", "stdio", "-m", str(scenario.memory)]
    if scenario.icount:
        args += ["-icount", "shift=0,sleep=off", "-seed", "1"]
    if scenario.boot in ("iso", "iso-uefi"):
        make = [root / "boot/mkiso.sh", work / "boot.iso", work]
        done = subprocess.run(make, input="\n".join(scenario.modules) + "\n", text=True,
                              capture_output=True)
        if done.returncode:
            raise GuestError(f"mkiso.sh: {done.stderr.strip() or done.stdout.strip()}")
        args += _uefi(work) if scenario.boot == "iso-uefi" else ["-cdrom", "boot.iso"]
    else:
        args += ["-kernel", "bootstrap"]
        args += ["-initrd", ",".join(line.replace(",", ",,") for line in scenario.modules)]
    return args + scenario.qemu


class Guest:
    """A running QEMU. Lines come without their line end; everything is also written to the log."""

    def __init__(self, args, work, log, host=()):
        self.log = open(log, "wb")
        self.host = [subprocess.Popen(h, cwd=work, stdin=subprocess.DEVNULL, stdout=self.log,
                                      stderr=self.log) for h in host]
        self.log.write((" ".join(str(a) for a in args) + "\n").encode())
        self.process = subprocess.Popen(args, cwd=work, stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                                        bufsize=0)
        self.selector = selectors.DefaultSelector()
        self.selector.register(self.process.stdout, selectors.EVENT_READ)
        self.pending = b""
        self.ended = False

    def _split(self):
        line, found, rest = self.pending.partition(b"\n")
        if not found and not (self.ended and line):
            return None
        self.pending = rest
        return line.decode("utf-8", "replace").replace("\r", "")

    def read_line(self, deadline):
        """The next line; None at the end of the guest or at the deadline (see `ended`)."""
        while True:
            line = self._split()
            if line is not None or self.ended:
                return line
            left = deadline - time.monotonic()
            if left <= 0 or not self.selector.select(left):
                return None
            data = os.read(self.process.stdout.fileno(), 65536)
            self.ended = not data
            self.log.write(data)
            self.log.flush()
            self.pending += data

    def send(self, data):
        """Type on the serial line."""
        try:
            self.process.stdin.write(data)
        except BrokenPipeError:
            pass

    def dump(self, seconds):
        """Have the kernel list its threads into the log."""
        self.log.write(b"\n--- time is up: asking the kernel for a dump ---\n")
        self.send(DUMP_KEY)
        deadline = time.monotonic() + seconds
        while self.read_line(deadline) is not None:
            pass

    def status(self, deadline):
        """Exit status, or None if it does not end in time."""
        try:
            return self.process.wait(max(0.1, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            return None

    def stop(self):
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        for helper in self.host:
            helper.kill()
            helper.wait()
        self.process.stdin.close()
        self.process.stdout.close()
        self.selector.close()
        self.log.close()
