# SPDX-License-Identifier: GPL-2.0
"""Text with an old timestamp is dropped and answered by an ACK. RFC 7323 5.3 R1."""


def run(t):
    c = t.accept(ts=True)
    c.inject("PA", 100)
    c.expect("A", ack=101)
    c.inject("PA", 100, ts=(c.ts_now() - 3000, c.ts_recent))
    c.expect("A", ack=101)
    c.read(100)
    c.nothing_to_read()
    c.inject("PA", 100, seq=101)
    c.expect("A", ack=201)
