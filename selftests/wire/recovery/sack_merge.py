# SPDX-License-Identifier: GPL-2.0
"""Blocks that meet become one. RFC 2018 4."""


def run(t):
    c = t.accept()
    c.inject("A", 1000, seq=1001)
    c.expect("A", ack=1, sack=[(1001, 2001)])
    c.inject("A", 1000, seq=3001)
    c.expect("A", ack=1, sack=[(3001, 4001), (1001, 2001)])
    c.inject("A", 1000, seq=2001)
    c.expect("A", ack=1, sack=[(1001, 4001)])
    c.inject("A", 1000, seq=1)
    c.expect("A", ack=4001, sack=[])
    c.read(4000)
