# SPDX-License-Identifier: GPL-2.0
"""After a time-out one segment is resent, and then as slow start allows. RFC 5681 3.1, RFC 6298 5.4."""


def run(t):
    c = t.accept(rtt=100, sack=False)
    c.write(8000)
    c.expect_data(8)
    c.expect("A", 1000, seq=1, after=300)
    c.quiet(100)
    c.ack(1001)
    c.expect_data(2, first=1001)
    c.quiet(50)
    c.ack(3001)
    c.expect_data(4, first=3001)
