# SPDX-License-Identifier: GPL-2.0
"""A new connection's peer may be in slow start: each segment beyond a gap is acknowledged by itself. RFC 5681 4.2."""

BEYOND = 12


def run(t):
    c = t.accept()
    for _ in range(2):
        c.inject("A", 1000)
    c.read(2000)
    c.drain(20)
    for i in range(BEYOND):
        c.inject("A", 1000, seq=3001 + 1000 * i)
    c.equal(len(c.drain(20)), BEYOND, "duplicate ACKs")
