# SPDX-License-Identifier: GPL-2.0
"""Duplicate ACKs after recovery for what was resent do not begin another recovery. RFC 6582 3.2 step 1."""


def run(t):
    c = t.accept(sack=False)
    c.write(10000)
    c.expect_data(10)
    t.sleep(100)
    c.dup_acks(3, 1)
    c.expect("A", 1000, seq=1)
    c.ack(10001)
    t.sleep(5)
    cwnd = c.info()["snd_cwnd"]
    c.dup_acks(4, 10001)
    c.quiet(20)
    c.equal(c.info()["snd_cwnd"], cwnd, "cwnd")
