# SPDX-License-Identifier: BSD-2-Clause
"""The other end of a guest's network card, with a real TFTP server behind it.

    relay.py GUEST_SOCKET OWN_SOCKET dnsmasq|perl

runs the server on the loopback device, which must be its own (`unshare -rnpf --kill-child`: it goes with us), with the current
folder, and passes packets on. ARP and DHCP are peer.py's.
"""

import fcntl
import os
import socket
import struct
import subprocess
import sys

from peer import Peer

HOST = "127.0.0.1"
# Net::TFTPd takes one request at a time; an error is one of that request.
PERL = """
my $server = Net::TFTPd->new(RootDir => $ARGV[0], LocalAddr => $ARGV[1]) or die Net::TFTPd->error;
while (1) { my $request = $server->waitRQ(60) or next; $request->processRQ(); }
"""
SIOCSIFFLAGS, IFF_UP_RUNNING = 0x8914, 0x41


def server(name, folder):
    return {
        "dnsmasq": ["dnsmasq", "--port=0", "--no-daemon", "--conf-file=/dev/null", "--enable-tftp",
                    f"--tftp-root={folder}", f"--listen-address={HOST}",
                    "--bind-interfaces", "--pid-file="],
        "perl": ["perl", "-MNet::TFTPd", "-e", PERL, folder, HOST],
    }[name]


def loopback_up():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
        fcntl.ioctl(s, SIOCSIFFLAGS, struct.pack("16sH14x", b"lo", IFF_UP_RUNNING))


class Relay(Peer):
    """A socket for each port of the guest; the server's ports stay what they are."""

    def __init__(self, *paths):
        super().__init__(*paths)
        self.by_port = {}

    def tftp(self, guest_port, own_port, payload):
        if guest_port not in self.by_port:
            s = self.by_port[guest_port] = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
            s.bind((HOST, 0))
            self.others[s] = lambda s: self.answer(s, guest_port)
        self.by_port[guest_port].sendto(payload, (HOST, own_port))

    def answer(self, s, guest_port):
        try:
            payload, (_, port) = s.recvfrom(65536)
        except ConnectionError:
            return
        self.send(port, guest_port, payload)


if __name__ == "__main__":
    loopback_up()
    child = subprocess.Popen(server(sys.argv[3], os.getcwd()))
    Relay(sys.argv[1], sys.argv[2]).run()
