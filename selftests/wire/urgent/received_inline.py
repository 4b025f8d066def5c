# SPDX-License-Identifier: GPL-2.0
"""SO_OOBINLINE leaves the urgent byte in the stream; MSG_OOB is refused. RFC 6093 4, tcp(7)."""

import socket


def run(t):
    c = t.accept()
    c.setopt("SO_OOBINLINE", 1)
    c.inject("PAU", b"abcdX", urp=5)
    c.expect("A", ack=6)
    c.fails("EINVAL", lambda: c.sock.recv(1, socket.MSG_OOB))
    text = c.sock.recv(100)
    c.equal(text + (c.sock.recv(100) if len(text) < 5 else b""), b"abcdX", "the stream")
