# SPDX-License-Identifier: GPL-2.0
"""The ISNs of one 4-tuple follow a clock: a new incarnation begins beyond the old. RFC 6528 3, RFC 9293 3.4.1."""

from lib.segment import signed


def run(t):
    t.listen()
    seen = []
    for _ in range(3):
        c = t.peer()
        c.port = 7500
        c.inject("S")
        c.expect("SA", ack=1)
        c.inject("R")
        seen.append(c.irs)
        t.conns.remove(c)
        t.sleep(1000)
    for a, b in zip(seen, seen[1:]):
        step = signed(b - a)
        # A tick every 64 ns in Linux, every 4 us in the RFC.
        c.between(step, 200000, 40000000, "the step of a second")
