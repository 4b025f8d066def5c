# SPDX-License-Identifier: GPL-2.0
"""Agreed upon, timestamps are in every segment; the echo is what came last in order. RFC 7323 3.2, 4.3."""


def run(t):
    c = t.accept(ts=True)
    value = c.ts_now()
    c.inject("PA", 100)
    got = c.expect("A", ack=101)
    c.equal(got.ts[1], value, "the echo")
    c.write(100)
    got = c.expect("PA", 100)
    c.check(got.ts, "no timestamps in text")
    c.shutdown()
    got = c.expect("FA")
    c.check(got.ts, "no timestamps in a FIN")
