# SPDX-License-Identifier: GPL-2.0
"""The SYN of a fast open comes again: the SYN-ACK is repeated, but not for each copy of a flood. RFC 9293 3.8.1, tcp(7).
"""

import socket

from lib.segment import FAST_OPEN, pattern


def run(t):
    t.sysctl("tcp_fastopen", 3)
    t.sysctl("tcp_invalid_ratelimit", 500)
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
    t.sleep(10)
    d.inject("S", pattern(0, 100), seq=0)
    d.expect("SA", seq=0, ack=101)
    for _ in range(5):
        d.inject("S", pattern(0, 100), seq=0)
    d.quiet(50)
    t.sleep(500)
    d.inject("S", pattern(0, 100), seq=0)
    d.expect("SA", seq=0, ack=101)
