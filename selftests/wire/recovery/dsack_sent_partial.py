# SPDX-License-Identifier: GPL-2.0
"""Of text that came in part before, the D-SACK reports that part. RFC 2883 4.2."""


def run(t):
    c = t.accept()
    c.inject("A", 1000)
    c.expect("A", ack=1001)
    c.inject("A", 1500, seq=1)
    c.expect("A", ack=1501, sack=[(1, 1001)])
