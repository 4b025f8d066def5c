# SPDX-License-Identifier: GPL-2.0
"""The ACK crosses a needless retransmission; its ACK again is no harm. RFC 6298 5, RFC 9293 3.10.7.4."""


def run(t):
    c = t.accept(rtt=100)
    c.write(100)
    c.expect("PA", 100)
    c.expect("PA", 100, seq=1, after=300)
    c.ack()
    c.ack()
    c.quiet(2000)
    c.write(100)
    c.expect("PA", 100)
