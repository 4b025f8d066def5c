# SPDX-License-Identifier: GPL-2.0
"""What fills a gap, wholly or in part, is acknowledged at once. RFC 5681 4.2."""


def run(t):
    c = t.accept()
    c.inject("A", 100, seq=201)
    c.expect("A", ack=1)
    c.inject("A", 100, seq=401)
    c.expect("A", ack=1)
    c.setopt("TCP_QUICKACK", 0)
    c.inject("A", 200, seq=1)
    c.expect("A", ack=301, sack=[(401, 501)])
    c.setopt("TCP_QUICKACK", 0)
    c.inject("A", 100, seq=301)
    c.expect("A", ack=501)
