# SPDX-License-Identifier: GPL-2.0
"""An old ACK with SACKs that comes late does no harm. RFC 5681, RFC 6675 4."""


def run(t):
    c = t.accept()
    c.write(10000)
    c.expect_data(10)
    t.sleep(100)
    c.ack(8001)
    for end in (3001, 4001, 5001):
        c.ack(1, sack=[(1001, end)])
    c.ack(10001)
    c.quiet(500)
    c.equal(c.info()["total_retrans"], 0, "retransmissions")
