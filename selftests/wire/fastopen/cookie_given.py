# SPDX-License-Identifier: GPL-2.0
"""A SYN that asks for a cookie gets one in the SYN-ACK. RFC 7413 4.1.2."""

import socket

from lib.segment import FAST_OPEN


def run(t):
    t.sysctl("tcp_fastopen", 3)
    t.listen(options=[(socket.IPPROTO_TCP, socket.TCP_FASTOPEN, 10)])
    c = t.peer()
    c.extra = [(FAST_OPEN, b"")]
    c.inject("S")
    got = c.expect("SA", ack=1)
    c.between(len(got.options.get(FAST_OPEN, b"")), 4, 16, "the cookie's length")
    c.ack()
    t.accept_from(t.listeners[0], c)
