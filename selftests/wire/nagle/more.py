# SPDX-License-Identifier: GPL-2.0
"""MSG_MORE holds text as TCP_CORK does, for one call. send(2), tcp(7)."""

import socket


def run(t):
    c = t.accept()
    c.write(100, socket.MSG_MORE)
    c.quiet(50)
    c.write(100)
    c.expect("PA", 200)
