# SPDX-License-Identifier: GPL-2.0
"""Without SACK a lost retransmission waits for the time-out, and all of the flight is then resent by slow start.
RFC 6582 3.2, RFC 6298 5.4."""


def run(t):
    c = t.accept(sack=False)
    c.write(10000)
    c.expect_data(10)
    t.sleep(100)
    c.dup_acks(3, 1)
    c.expect("A", 1000, seq=1)
    c.dup_acks(6, 1)
    c.drain()
    c.expect("A", 1000, seq=1, after=300, within=60)
    t.sleep(100)
    c.ack(10001)
    c.quiet(1000)
