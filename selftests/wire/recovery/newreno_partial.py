# SPDX-License-Identifier: GPL-2.0
"""A partial ACK in recovery resends the next hole at once. RFC 6582 3.2."""


def run(t):
    c = t.accept(sack=False)
    c.write(10000)
    c.expect_data(10)
    t.sleep(100)
    c.dup_acks(3, 1)
    c.expect("A", 1000, seq=1)
    c.dup_acks(4, 1)
    c.drain()
    t.sleep(100)
    c.ack(4001)
    c.expect("A", 1000, seq=4001)
    t.sleep(100)
    c.ack(10001)
    c.quiet(1000)
