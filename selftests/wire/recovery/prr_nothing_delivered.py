# SPDX-License-Identifier: GPL-2.0
"""In recovery ACKs that report nothing new as delivered let nothing go, whoever makes them up. RFC 6937 3."""


def run(t):
    c = t.accept()
    c.write(30000)
    c.expect_data(10)
    t.sleep(100)
    for end in (2001, 3001, 4001):
        c.ack(1, sack=[(1001, end)])
    c.until(lambda s: s.seq - c.irs == 1, 10, "the retransmission")
    c.drain(1)
    for _ in range(20):
        c.ack(1, sack=[(1001, 4001)])
    c.quiet(50)
