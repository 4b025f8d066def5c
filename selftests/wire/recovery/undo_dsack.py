# SPDX-License-Identifier: GPL-2.0
"""A fast retransmit was needless, as D-SACK says: the congestion window is restored. RFC 3708 3, RFC 2883."""


def run(t):
    c = t.accept()
    c.write(10000)
    c.expect_data(10)
    t.sleep(100)
    for end in (2001, 3001, 4001):
        c.ack(1, sack=[(1001, end)])
    c.expect("A", 1000, seq=1)
    c.ack(10001)
    c.ack(10001, sack=[(1, 1001)])
    t.sleep(5)
    c.check(c.info()["snd_cwnd"] >= 10, f"cwnd {c.info()['snd_cwnd']}")
