# SPDX-License-Identifier: GPL-2.0
"""Text that came twice is reported by a D-SACK. RFC 2883 4.1."""


def run(t):
    c = t.accept()
    c.inject("A", 1000)
    c.expect("A", ack=1001)
    c.inject("A", 1000, seq=1)
    c.expect("A", ack=1001, sack=[(1, 1001)])
    c.inject("A", 1000)
    c.expect("A", ack=2001, sack=[])
