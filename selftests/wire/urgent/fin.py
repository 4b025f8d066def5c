# SPDX-License-Identifier: GPL-2.0
"""An urgent byte and FIN in one segment. RFC 9293 3.10.7.4 sixth to eighth step."""

import socket


def run(t):
    c = t.accept()
    c.inject("FPAU", b"abX", urp=3)
    c.expect("A", ack=5, within=60)
    c.equal(c.sock.recv(1, socket.MSG_OOB), b"X", "the urgent byte")
    c.equal(c.sock.recv(10), b"ab", "the stream")
    c.eof()
