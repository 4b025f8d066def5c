# SPDX-License-Identifier: GPL-2.0
"""Fast opens that the peer resets take their place for a minute: SYNs may be forged. RFC 7413 5.1."""

import socket

from lib.segment import FAST_OPEN, pattern


def run(t):
    t.sysctl("tcp_fastopen", 3)
    listener = t.listen(options=[(socket.IPPROTO_TCP, socket.TCP_FASTOPEN, 2)])
    c = t.peer()
    c.extra = [(FAST_OPEN, b"")]
    c.inject("S")
    cookie = c.expect("SA", ack=1).options[FAST_OPEN]
    c.inject("R")

    def fast_open():
        d = t.peer()
        d.extra = [(FAST_OPEN, cookie)]
        d.inject("S", pattern(0, 100), seq=0)
        return d, d.until(lambda s: True, 100).ack - d.iss

    for _ in range(2):
        d, ack = fast_open()
        d.equal(ack, 101, "the ACK of one in time")
        t.accept_from(listener, d)
        d.inject("R", seq=101)
        t.sleep(10)
    d, ack = fast_open()
    d.equal(ack, 1, "the ACK beyond the limit")
    d.inject("R", seq=1)
    t.sleep(61000)
    d, ack = fast_open()
    d.equal(ack, 101, "the ACK a minute later")
