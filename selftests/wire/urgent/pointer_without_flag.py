# SPDX-License-Identifier: GPL-2.0
"""Without URG the pointer means nothing. RFC 9293 3.1."""

import socket


def run(t):
    c = t.accept()
    c.inject("PA", 100, urp=50)
    c.expect("A", ack=101)
    c.fails("EINVAL", lambda: c.sock.recv(1, socket.MSG_OOB))
    c.read(100)
