# SPDX-License-Identifier: GPL-2.0
"""The ACK after a time-out is for what was not resent: the time-out was spurious, nothing more is resent. RFC
5682 3."""


def run(t):
    c = t.accept()
    c.write(20000)
    c.expect_data(10)
    c.expect("A", 1000, seq=1, after=300)
    c.ack(2001)
    new = c.drain(5)
    c.check(new and all(s.seq - c.irs >= 10001 for s in new), "old text was resent")
    c.ack(4001)
    again = [s for s in c.drain(5) if s.seq - c.irs < 10001]
    c.check(not again, "old text was resent")
    c.equal(c.info()["total_retrans"], 1, "retransmissions")
