# SPDX-License-Identifier: GPL-2.0
"""A later urgent byte takes the earlier one's place, which returns to the stream. RFC 6093 3.1, tcp(7)."""

import socket


def run(t):
    c = t.accept()
    c.inject("PAU", b"aX", urp=2)
    c.expect("A", ack=3)
    c.inject("PAU", b"bY", urp=2)
    c.expect("A", ack=5)
    c.equal(c.sock.recv(1, socket.MSG_OOB), b"Y", "the urgent byte")
