# SPDX-License-Identifier: GPL-2.0
"""Without urgent text MSG_OOB has nothing to give: EINVAL. tcp(7), RFC 6093."""

import socket


def run(t):
    c = t.accept()
    c.inject("PA", 5)
    c.expect("A", ack=6)
    c.fails("EINVAL", lambda: c.sock.recv(1, socket.MSG_OOB))
