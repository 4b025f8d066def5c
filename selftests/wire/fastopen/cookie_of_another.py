# SPDX-License-Identifier: GPL-2.0
"""A cookie is bound to the peer's address. RFC 7413 4.1.2, 6."""

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
    d.inject("S", pattern(0, 100), seq=0, src="192.0.2.77" if t.version == 4 else "2001:db8::77")
    d.expect("SA", ack=1)
