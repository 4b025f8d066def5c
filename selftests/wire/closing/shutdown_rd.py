# SPDX-License-Identifier: GPL-2.0
"""shutdown(SHUT_RD) says nothing to the peer: its text is acknowledged still. RFC 9293 3.9.1, tcp(7)."""

import socket


def run(t):
    c = t.accept()
    c.shutdown(socket.SHUT_RD)
    c.eof()
    c.inject("PA", 100)
    c.expect("A", ack=101)
    c.write(100)
    c.expect("PA", 100)
