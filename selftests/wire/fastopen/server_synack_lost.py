# SPDX-License-Identifier: GPL-2.0
"""The SYN-ACK of a fast open is lost: it is sent again, the ACK ends the handshake. RFC 7413 4.2.2, RFC 6298."""

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
    d.expect("SA", seq=0, ack=101, after=1000)
    d.ack()
    d.write(100)
    d.expect("PA", 100)
