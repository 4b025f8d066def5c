# SPDX-License-Identifier: GPL-2.0
"""A SYN with a good cookie opens at once: its text is delivered, an answer may go before the ACK. RFC 7413 4.2.2."""

import socket

from lib.segment import FAST_OPEN, pattern


def run(t):
    t.sysctl("tcp_fastopen", 3)
    t.listen(options=[(socket.IPPROTO_TCP, socket.TCP_FASTOPEN, 10)])
    c = t.peer()
    c.extra = [(FAST_OPEN, b"")]
    c.inject("S")
    cookie = c.expect("SA", ack=1).options[FAST_OPEN]
    c.inject("R")
    d = t.peer()
    d.extra = [(FAST_OPEN, cookie)]
    d.inject("S", pattern(0, 100), seq=0)
    d.expect("SA", ack=101)
    t.accept_from(t.listeners[0], d)
    d.read(100)
    d.write(500)
    d.expect("PA", 500, ack=101)
    d.ack()
    d.inject("PA", 100)
    d.expect("A", ack=201)
    d.read(100)
