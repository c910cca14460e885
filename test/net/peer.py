# SPDX-License-Identifier: BSD-2-Clause
"""The other end of a guest's network card: ARP, DHCP and a TFTP server that goes wrong on request.

    peer.py GUEST_SOCKET OWN_SOCKET [once]

for QEMU's `-netdev dgram` over unix sockets. What goes wrong is said by the name of the file:
KIND.N is the file of 5,000 bytes with fault KIND at the server's N-th packet (1: the options).

    fine    nothing               late    comes after its repetition   error   a real error
    lose    is lost               cut     three bytes of it            stop    silence from then on
    twice   comes twice           longer  more than a block            short   one byte less
    port    the same from another port, before it                      block   another block number
    forged  an error from another port, before it                      noise   random contents
    frames  a dozen broken Ethernet, IP and UDP packets before it

and without a number: silent (no answer ever), more, less (than announced), huge (8 EiB announced),
plain (no options), nosize, small (blocks of 100 bytes), loss (a fifth of all packets lost, both
ways; 50,000 bytes), missing (error 1), refused (error 0).

With `once` nothing goes wrong: the files are those of the current folder, but each is sent once only (error 0 then;
error 1: no such file, once only, too).
"""

import os
import random
import select
import socket
import struct
import sys
import time

MAC = bytes.fromhex("525400000202")
OWN, GUEST = bytes([10, 0, 2, 2]), bytes([10, 0, 2, 15])
REPEAT_S, LATE_S, LOSS = 0.2, 0.5, 0.2
DATA, ACK, ERROR, OACK = 3, 4, 5, 6


def contents(name):
    """The bytes of a file: those that `file NAME random SIZE 7` makes."""
    return random.Random(7).randbytes(50000 if name == "loss" else 5000)


def checksum(data):
    data += b"\0" * (len(data) % 2)
    total = sum(struct.unpack(f">{len(data) // 2}H", data))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


def udp(source_port, to_port, payload, to=GUEST):
    datagram = struct.pack(">4H", source_port, to_port, 8 + len(payload), 0) + payload
    head = struct.pack(">BBHHHBBH4s4s", 0x45, 0, 20 + len(datagram), 0, 0, 64, 17, 0, OWN, to)
    return head[:10] + struct.pack(">H", checksum(head)) + head[12:] + datagram


class Peer:
    """The wire and the clock."""

    def __init__(self, guest_path, own_path, once=False):
        self.guest_path = guest_path
        self.sent = set() if once else None  # names that have been asked for
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.socket.bind(own_path)
        self.guest_mac = b"\xff" * 6
        self.random = random.Random(1)
        self.later = []  # (time, frame)
        self.transfers = {}  # (guest port) -> Transfer
        self.next_port = 20000
        self.others = {}  # further sockets -> what to do when something has come

    def frame(self, kind, packet):
        try:
            self.socket.sendto(self.guest_mac + MAC + struct.pack(">H", kind) + packet,
                               self.guest_path)
        except OSError:
            pass  # the guest has ended

    def send(self, own_port, guest_port, payload, delay=0.0):
        if delay:
            self.later.append((time.monotonic() + delay, udp(own_port, guest_port, payload)))
        else:
            self.frame(0x0800, udp(own_port, guest_port, payload))

    def broken_frames(self):
        """Lengths and checksums that lie."""
        whole = udp(69, 4000, b"payload")
        for packet in (b"", whole[:10], whole[:20], whole[:25], b"\x4f" + whole[1:],
                       whole[:2] + b"\xff\xff" + whole[4:], whole[:24] + b"\xff\xff" + whole[26:],
                       whole[:10] + b"\0\0" + whole[12:], whole[:6] + b"\x20\x01" + whole[8:],
                       self.random.randbytes(1400)):
            self.frame(0x0800, packet)
        self.frame(0x0806, b"\0\1\x08\0")
        self.frame(0x1234, self.random.randbytes(60))

    def arp(self, packet):
        if len(packet) >= 28 and packet[6:8] == b"\0\1" and packet[24:28] == OWN:
            self.frame(0x0806, struct.pack(">HHBBH", 1, 0x0800, 6, 4, 2) + MAC + OWN
                       + packet[8:14] + packet[14:18])

    def dhcp(self, request):
        if len(request) < 240:
            return
        kind = request[request.index(b"\x35\x01", 240) + 2]
        answer = 2 if kind == 1 else 5
        head = b"\2\1\6\0" + request[4:8] + b"\0" * 8 + GUEST + OWN + b"\0" * 4 + request[28:44]
        options = (b"\x63\x82\x53\x63\x35\x01" + bytes([answer]) + b"\x36\x04" + OWN
                   + b"\x33\x04\0\1\0\0\x01\x04\xff\xff\xff\0\x03\x04" + OWN + b"\xff")
        self.frame(0x0800, udp(67, 68, head + b"\0" * 192 + options))

    def tftp(self, guest_port, own_port, payload):
        transfer = self.transfers.get(guest_port)
        if own_port == 69 and payload[:2] == b"\0\1":
            if transfer and not transfer.done:
                transfer.repeat()
                return
            self.next_port += 1
            self.transfers[guest_port] = Transfer(self, guest_port, self.next_port, payload)
        elif transfer and own_port == transfer.port:
            transfer.packet(payload)

    def ip(self, packet):
        if len(packet) < 28 or packet[9] != 17:
            return
        source, to, length = struct.unpack(">3H", packet[20:26])
        payload = packet[28 : 20 + length]
        if to == 67:
            self.dhcp(payload)
        elif packet[16:20] == OWN:
            self.tftp(source, to, payload)

    def receive(self):
        frame = self.socket.recv(65536)
        self.guest_mac = frame[6:12]
        kind = struct.unpack(">H", frame[12:14])[0]
        if kind == 0x0806:
            self.arp(frame[14:])
        elif kind == 0x0800:
            self.ip(frame[14:])

    def run(self):
        while True:
            for ready in select.select([self.socket, *self.others], [], [], 0.02)[0]:
                self.receive() if ready is self.socket else self.others[ready](ready)
            now = time.monotonic()
            due = [packet for at, packet in self.later if at <= now]
            self.later = [(at, packet) for at, packet in self.later if at > now]
            for packet in due:
                self.frame(0x0800, packet)
            for transfer in self.transfers.values():
                transfer.tick(now)


class Transfer:
    """A file on its way, and what goes wrong with it."""

    def __init__(self, peer, guest_port, port, request):
        self.peer, self.guest_port, self.port = peer, guest_port, port
        name, _, *options = request[2:].decode("latin-1").split("\0")
        self.options = dict(zip(options[::2], options[1::2]))
        if peer.sent is not None:
            self.once(name)
        else:
            self.kind, _, at = name.partition(".")
            self.at = int(at or 0)
            self.bytes = contents(self.kind)
        self.sent = 0  # packets so far
        self.block = 512
        self.number = 0
        self.last = b""
        self.done = self.kind == "silent"
        self.repeat_at = 0.0
        if not self.done:
            self.begin()

    def once(self, name):
        """The file of that name, the first time."""
        self.at, self.kind, self.bytes = 0, "fine", b""
        if name in self.peer.sent:
            self.kind = "refused"
        elif os.path.isfile(name):
            with open(name, "rb") as file:
                self.bytes = file.read()
        else:
            self.kind = "missing"
        self.peer.sent.add(name)

    def begin(self):
        refusals = {"missing": (1, "File not found"), "refused": (0, "not today")}
        if self.kind in refusals:
            self.error(*refusals[self.kind])
        elif self.kind == "plain" or "blksize" not in self.options:
            self.number = 1
            self.data()
        else:
            self.block = 100 if self.kind == "small" else int(self.options["blksize"])
            lie = {"more": -1, "less": 1, "huge": 1 << 63}.get(self.kind, 0)
            answer = f"blksize\0{self.block}\0"
            if self.kind != "nosize":
                answer += f"tsize\0{len(self.bytes) + lie}\0"
            self.say(struct.pack(">H", OACK) + answer.encode())

    def error(self, code, text):
        self.done = True
        self.peer.send(self.port, self.guest_port,
                       struct.pack(">HH", ERROR, code) + text.encode() + b"\0")

    def data(self):
        start = (self.number - 1) * self.block
        self.say(struct.pack(">HH", DATA, self.number & 0xFFFF)
                 + self.bytes[start : start + self.block])

    def say(self, payload):
        self.last = payload
        self.sent += 1
        self.repeat_at = time.monotonic() + REPEAT_S
        if self.sent == self.at:
            self.fault(payload)
        else:
            self.out(payload)

    def out(self, payload, delay=0.0, port=0):
        if self.kind != "loss" or self.peer.random.random() >= LOSS:
            self.peer.send(port or self.port, self.guest_port, payload, delay)

    def fault(self, payload):
        noise = self.peer.random.randbytes
        other = self.port + 1000
        if self.kind == "lose":
            return
        if self.kind == "late":
            self.out(payload, LATE_S)
            return
        if self.kind == "error":
            self.error(0, "disk on fire")
            return
        if self.kind == "stop":
            self.done = True
            return
        if self.kind == "twice":
            self.out(payload)
        elif self.kind == "port":
            self.out(payload, port=other)
        elif self.kind == "forged":
            self.out(b"\0\5\0\0forged\0", port=other)
        elif self.kind == "frames":
            self.peer.broken_frames()
        changed = {"cut": payload[:3], "longer": payload + noise(1480 - len(payload)),
                   "short": payload[:-1], "noise": b"\x77" + noise(len(payload) - 1),
                   "block": payload[:3] + bytes([payload[3] ^ 0x40]) + payload[4:]}
        self.out(changed.get(self.kind, payload))

    def repeat(self):
        self.repeat_at = time.monotonic() + REPEAT_S
        self.out(self.last)

    def tick(self, now):
        if not self.done and now >= self.repeat_at:
            self.repeat()

    def packet(self, payload):
        if self.done or len(payload) < 4 or (self.kind == "loss"
                                             and self.peer.random.random() < LOSS):
            return
        op, number = struct.unpack(">HH", payload[:4])
        if op == ERROR:
            self.done = True
        if op != ACK or number != self.number & 0xFFFF:
            return
        if self.number > len(self.bytes) // self.block:
            self.done = True
            return
        self.number += 1
        self.data()


if __name__ == "__main__":
    try:
        os.unlink(sys.argv[2])
    except FileNotFoundError:
        pass
    Peer(sys.argv[1], sys.argv[2], once=sys.argv[3:] == ["once"]).run()
