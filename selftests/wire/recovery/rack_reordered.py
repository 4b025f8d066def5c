# SPDX-License-Identifier: GPL-2.0
"""Segments that merely changed places are not resent. RFC 8985 6.2, 3.3."""


def run(t):
    c = t.accept()
    c.write(4000)
    c.expect_data(4)
    t.sleep(100)
    c.ack(1, sack=[(1001, 2001)])
    t.sleep(10)
    c.ack(2001)
    t.sleep(5)
    c.ack(4001)
    c.quiet(1000)
    c.equal(c.info()["total_retrans"], 0, "retransmissions")
