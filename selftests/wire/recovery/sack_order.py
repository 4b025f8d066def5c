# SPDX-License-Identifier: GPL-2.0
"""The first SACK block is that of the segment that came last, the others follow by age. RFC 2018 4."""


def run(t):
    c = t.accept()
    blocks = []
    for seq in (1001, 3001, 5001, 7001):
        c.inject("A", 1000, seq=seq)
        blocks.insert(0, (seq, seq + 1000))
        c.expect("A", ack=1, sack=blocks)
    c.inject("A", 1000, seq=9001)
    c.expect("A", ack=1, sack=[(9001, 10001)] + blocks[:3])
