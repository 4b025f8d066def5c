# SPDX-License-Identifier: GPL-2.0
"""After 24 days of silence any timestamp passes. RFC 7323 5.5."""


def run(t):
    c = t.accept(ts=True)
    c.inject("PA", 100)
    c.expect("A", ack=101)
    t.sleep(25 * 24 * 3600 * 1000)
    c.inject("PA", 100, ts=(100, c.ts_recent))
    c.expect("A", ack=201)
