# SPDX-License-Identifier: GPL-2.0
"""A path that reorders earns patience: later three SACKs do not resend at once. RFC 8985 6.2."""


def run(t):
    c = t.accept()
    c.write(8000)
    c.expect_data(8)
    t.sleep(100)
    c.ack(1, sack=[(5001, 6001)])
    t.sleep(2)
    c.ack(1, sack=[(1001, 2001), (5001, 6001)])
    t.sleep(2)
    c.ack(8001)
    c.quiet(50)
    c.write(8000)
    c.expect_data(8)
    t.sleep(100)
    c.ack(8001, sack=[(9001, 12001)])
    c.quiet(10)
    c.ack(16001)
    c.quiet(300)
