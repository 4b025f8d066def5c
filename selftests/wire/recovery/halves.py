# SPDX-License-Identifier: GPL-2.0
"""Fast retransmit halves the congestion window (reno). RFC 5681 3.2 (4)."""


def run(t):
    c = t.accept()
    c.write(10000)
    c.expect_data(10)
    t.sleep(100)
    for end in (2001, 3001, 4001):
        c.ack(1, sack=[(1001, end)])
    c.expect("A", 1000, seq=1)
    c.equal(c.info()["snd_ssthresh"], 5, "ssthresh")
    for end in range(5001, 10002, 1000):
        c.ack(1, sack=[(1001, end)])
    t.sleep(100)
    c.ack(10001)
    t.sleep(5)
    c.between(c.info()["snd_cwnd"], 4, 6, "cwnd")
