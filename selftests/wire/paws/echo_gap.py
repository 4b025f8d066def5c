# SPDX-License-Identifier: GPL-2.0
"""Beyond a gap the echo stays that of the last text in order. RFC 7323 4.3 (B)."""


def run(t):
    c = t.accept(ts=True)
    t.sleep(50)
    first = c.ts_now()
    c.inject("A", 100)
    c.expect("A", ack=101)
    t.sleep(50)
    c.inject("A", 100, seq=201)
    got = c.expect("A", ack=101)
    c.equal(got.ts[1], first, "the echo beside a gap")
    t.sleep(50)
    filling = c.ts_now()
    c.inject("A", 100, seq=101)
    got = c.expect("A", ack=301)
    c.equal(got.ts[1], filling, "the echo of what fills the gap")
