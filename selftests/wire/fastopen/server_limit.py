# SPDX-License-Identifier: GPL-2.0
"""More fast opens than the listener allows take the slow way. RFC 7413 5.1, tcp(7)."""

import socket

from lib.segment import FAST_OPEN, pattern


def run(t):
    t.sysctl("tcp_fastopen", 3)
    t.listen(options=[(socket.IPPROTO_TCP, socket.TCP_FASTOPEN, 2)])
    c = t.peer()
    c.extra = [(FAST_OPEN, b"")]
    c.inject("S")
    cookie = c.expect("SA", ack=1).options[FAST_OPEN]
    c.inject("R")
    acks = []
    for _ in range(4):
        d = t.peer()
        d.extra = [(FAST_OPEN, cookie)]
        d.inject("S", pattern(0, 100), seq=0)
        acks.append(d.until(lambda s: True, 100).ack - d.iss)
    c.equal(acks[0], 101, "the first ACK")
    c.equal(acks[-1], 1, "the ACK beyond the limit")
