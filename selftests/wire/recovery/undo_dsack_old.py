# SPDX-License-Identifier: GPL-2.0
"""A D-SACK of text from before this recovery undoes nothing of it. RFC 3708 3, RFC 2883 5."""


def run(t):
    c = t.accept()
    c.write(10000)
    c.expect_data(10)
    t.sleep(100)
    c.ack(10001)
    c.write(20000)
    c.expect_data(20)
    t.sleep(100)
    for end in (12001, 13001, 14001):
        c.ack(10001, sack=[(11001, end)])
    c.expect("A", 1000, seq=10001)
    for _ in range(3):
        c.ack(10001, sack=[(1, 1001), (11001, 14001)])
    c.drain(5)
    c.equal(c.info()["ca_state"], 3, "the state (3: recovery)")
    c.between(c.info()["snd_ssthresh"], 9, 14, "ssthresh")
