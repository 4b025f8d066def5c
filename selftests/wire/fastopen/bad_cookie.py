# SPDX-License-Identifier: GPL-2.0
"""A wrong cookie: the text is not taken, the handshake goes on, a good cookie comes with it. RFC 7413 4.2.2."""

import socket

from lib.segment import FAST_OPEN, pattern


def run(t):
    t.sysctl("tcp_fastopen", 3)
    t.listen(options=[(socket.IPPROTO_TCP, socket.TCP_FASTOPEN, 10)])
    c = t.peer()
    c.extra = [(FAST_OPEN, b"12345678")]
    c.inject("S", pattern(0, 100), seq=0)
    got = c.expect("SA", ack=1)
    c.check(got.options.get(FAST_OPEN) not in (None, b"12345678"), "no cookie")
    c.snd_nxt = 1
    c.inject("PA", 100)
    c.expect("A", ack=101)
    t.accept_from(t.listeners[0], c)
    c.read(100)
