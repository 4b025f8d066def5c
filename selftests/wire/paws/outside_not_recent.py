# SPDX-License-Identifier: GPL-2.0
"""A segment outside the window does not move TS.Recent. RFC 7323 4.3, 5.3."""


def run(t):
    c = t.accept(ts=True)
    old = c.ts_now()
    c.inject("PA", 10, ts=(old, c.ts_recent))
    c.expect("A", ack=11)
    c.inject("PA", b"x" * 10, seq=200000, ts=(old + 100000, c.ts_recent))
    got = c.expect("A", ack=11)
    c.equal(got.ts[1], old, "the echo")
    c.snd_nxt = 11
    c.inject("PA", 10, ts=(old + 1, c.ts_recent))
    c.expect("A", ack=21)
