# SPDX-License-Identifier: GPL-2.0
"""Text with the same timestamp as before passes. RFC 7323 5.3 R1."""


def run(t):
    c = t.accept(ts=True)
    value = c.ts_now()
    c.inject("PA", 100, ts=(value, c.ts_recent))
    c.expect("A", ack=101)
    c.inject("PA", 100, ts=(value, c.ts_recent))
    c.expect("A", ack=201)
