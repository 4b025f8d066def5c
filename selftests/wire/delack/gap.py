# SPDX-License-Identifier: GPL-2.0
"""Text beyond a gap is acknowledged at once, delay or not. RFC 5681 4.2."""


def run(t):
    c = t.accept()
    c.setopt("TCP_QUICKACK", 0)
    c.inject("A", 100, seq=101)
    c.expect("A", ack=1, sack=[(101, 201)])
    c.inject("A", 100, seq=301)
    c.expect("A", ack=1, sack=[(301, 401), (101, 201)])
