# SPDX-License-Identifier: GPL-2.0
"""Once the window does not grow any more, the first three segments beyond a gap are acknowledged at once, a burst of
others together, net.ipv4.tcp_comp_sack_delay_ns later at most. RFC 5681 4.2, RFC 2018 4."""

import socket

SIZE = 100
FILLING = 20
BURST = 60


def run(t):
    c = t.accept(options=[(socket.SOL_SOCKET, socket.SO_RCVBUF, 10000)])
    for _ in range(FILLING):
        c.inject("A", SIZE)
        c.drain(50)
    c.read(FILLING * SIZE)
    c.drain(50)
    first = 1 + (FILLING + 1) * SIZE
    for i in range(BURST):
        c.inject("A", SIZE, seq=first + SIZE * i)
    answers = c.drain(20)
    c.between(len(answers), 4, BURST - 5, "duplicate ACKs")
    c.equal(c.field(answers[-1], "sack"), [(first, first + BURST * SIZE)], "what the last one tells")
