# SPDX-License-Identifier: GPL-2.0
"""A segment that covers several that wait replaces them. RFC 9293 3.10.7.4 seventh step."""


def run(t):
    c = t.accept()
    for seq in (1001, 1301, 1601):
        c.inject("A", 100, seq=seq)
    c.drain()
    c.inject("A", 1200, seq=801)
    c.until(lambda s: (801, 2001) in c.field(s, "sack"), 50, "one block")
    c.inject("A", 800, seq=1)
    c.expect("A", ack=2001)
    c.read(2000)
