# SPDX-License-Identifier: GPL-2.0
"""The urgent byte is out of band: recv(MSG_OOB) has it, the stream has not. RFC 6093 3.1, tcp(7)."""

import socket


def run(t):
    c = t.accept()
    c.inject("PAU", b"abcdX", urp=5)
    c.expect("A", ack=6)
    c.equal(c.sock.recv(1, socket.MSG_OOB), b"X", "the urgent byte")
    c.equal(c.sock.recv(100), b"abcd", "the stream")
    c.nothing_to_read()
