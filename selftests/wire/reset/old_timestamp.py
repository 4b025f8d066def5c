# SPDX-License-Identifier: GPL-2.0
"""PAWS does not apply to a RST. RFC 7323 5.2."""


def run(t):
    c = t.accept(ts=True)
    c.inject("PA", 10)
    c.expect("A", ack=11)
    c.read(10)
    c.inject("R", ts=(c.ts_now() - 4000, c.ts_recent))
    c.fails("ECONNRESET")
