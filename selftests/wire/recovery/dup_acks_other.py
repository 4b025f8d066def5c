# SPDX-License-Identifier: GPL-2.0
"""Segments that repeat an ACK but bring text or another window are no duplicate ACKs. RFC 5681 2."""


def run(t):
    c = t.accept(sack=False)
    c.write(10000)
    c.expect_data(10)
    t.sleep(100)
    for _ in range(2):
        c.inject("PA", 10, ack=1)
    c.inject("A", ack=1, win=60000)
    c.inject("A", ack=1, win=61000)
    c.check(all(not s.data for s in c.drain(50)), "text was resent")
