# SPDX-License-Identifier: GPL-2.0
"""A needless retransmission does not move TS.Recent: text that was sent before it is still welcome. RFC 7323
5.3 R2, R3."""


def run(t):
    c = t.accept(ts=True)
    value = c.ts_now()
    for i in (1, 2, 3):
        c.inject("A", 100, ts=(value, c.ts_recent))
        c.expect("A", ack=100 * i + 1)
    c.inject("A", 100, seq=1, ts=(value + 50, c.ts_recent))
    got = c.expect("A", ack=301)
    c.equal(got.ts[1], value, "the echo")
    c.inject("A", 100, seq=301, ts=(value + 10, c.ts_recent))
    c.expect("A", ack=401)
    c.read(400)
