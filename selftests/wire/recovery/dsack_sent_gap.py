# SPDX-License-Identifier: GPL-2.0
"""A duplicate beyond a gap: first the D-SACK, then the block that contains it. RFC 2883 4.1.2."""


def run(t):
    c = t.accept()
    c.inject("A", 1000, seq=2001)
    c.expect("A", ack=1, sack=[(2001, 3001)])
    c.inject("A", 1000, seq=2001)
    c.expect("A", ack=1, sack=[(2001, 3001), (2001, 3001)])
