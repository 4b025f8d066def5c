# SPDX-License-Identifier: GPL-2.0
"""tcp_stdurg: the urgent pointer points at the urgent byte itself, not behind it. RFC 1122 4.2.2.4, RFC 6093 3.1,
ip-sysctl."""

import socket


def run(t):
    t.sysctl("tcp_stdurg", 1)
    c = t.accept()
    c.inject("PAU", b"abcXe", urp=3)
    c.expect("A", ack=6)
    c.equal(c.sock.recv(1, socket.MSG_OOB), b"X", "the urgent byte")
